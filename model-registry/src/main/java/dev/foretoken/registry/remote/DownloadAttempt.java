package dev.foretoken.registry.remote;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.OptionalLong;
import java.util.function.LongConsumer;
import java.util.regex.Pattern;

/** One try to fetch a file, from its start or from where the last one stopped. For one thread. */
final class DownloadAttempt {

    private static final int READ_BYTES = 1 << 17;
    private static final int MAX_VALIDATOR = 256;
    private static final Pattern STRONG = Pattern.compile("\"[\\x21\\x23-\\x7e]+\"");
    /** Kept free beside what comes. */
    private static final long SPARE_BYTES = 64L << 20;

    private final RemoteHttp http;
    private final DownloadOrder order;
    private final ByteBudget budget;
    private final Stall stall;

    DownloadAttempt(RemoteHttp http, DownloadOrder order, ByteBudget budget, Stall stall) {
        this.http = http;
        this.order = order;
        this.budget = budget;
        this.stall = stall;
    }

    /** Bytes that lie here. */
    long have() throws IOException {
        Path partial = order.partial();
        return Files.exists(partial) ? Files.size(partial) : 0;
    }

    /** Fetches the rest; an IOException means that another attempt may go on from there. */
    void run(LongConsumer position) throws IOException {
        long have = resumable() ? have() : 0;
        if (have > 0 && order.size().isPresent() && have == order.size().getAsLong()) {
            return;
        }
        try (Answer answer = http.send(request(have))) {
            if (answer.status() == 416) {
                forget();
                throw new IOException("what lies here is longer than the file");
            }
            if (answer.status() != 200 && !(answer.status() == 206 && have > 0)) {
                throw answer.failure();
            }
            long start = answer.status() == 206 ? have : 0;
            OptionalLong total = total(answer, start);
            requireRoom(total, start);
            keepValidator(answer);
            copy(answer.body(), start, total, position);
        }
    }

    private boolean resumable() throws IOException {
        return order.digest().isPresent() || Files.exists(order.validator());
    }

    private RemoteRequest request(long have) throws IOException {
        if (have == 0) {
            return order.request();
        }
        RemoteRequest request = order.request().header("Range", "bytes=" + have + "-");
        return Files.exists(order.validator())
                ? request.header("If-Range", Files.readString(order.validator(), StandardCharsets.US_ASCII))
                : request;
    }

    private void forget() throws IOException {
        Files.deleteIfExists(order.partial());
        Files.deleteIfExists(order.validator());
    }

    /** The length of the whole file, by the order and by the answer, which must not contradict each other. */
    private OptionalLong total(Answer answer, long start) throws IOException {
        OptionalLong stated = answer.length().isPresent()
                ? OptionalLong.of(start + answer.length().getAsLong())
                : OptionalLong.empty();
        if (answer.status() == 206) {
            ContentRange range =
                    ContentRange.parse(answer.header("content-range").orElse(""));
            if (range.start() != start) {
                forget();
                throw new IOException("the answer begins elsewhere than asked");
            }
            stated = OptionalLong.of(range.total());
        }
        if (stated.isEmpty()
                && order.size().isEmpty()
                && answer.header("transfer-encoding").isEmpty()) {
            throw new ForetokenException(
                    ErrorCode.SOURCE_UNAVAILABLE,
                    Shown.of(answer.from()) + " states no length, so that nobody can tell when it is whole");
        }
        if (stated.isPresent()
                && order.size().isPresent()
                && stated.getAsLong() != order.size().getAsLong()) {
            throw new ForetokenException(
                    ErrorCode.MODEL_FILE_CORRUPT,
                    "%s has %d bytes, expected were %d"
                            .formatted(
                                    Shown.of(answer.from()),
                                    stated.getAsLong(),
                                    order.size().getAsLong()));
        }
        return order.size().isPresent() ? order.size() : stated;
    }

    private void requireRoom(OptionalLong total, long start) throws IOException {
        long wanted = total.orElse(start);
        if (wanted > http.limits().fileBytes()) {
            throw tooLarge();
        }
        Path folder = order.target().toAbsolutePath().getParent();
        DiskRoom.require(folder, wanted - start + SPARE_BYTES);
    }

    private void keepValidator(Answer answer) throws IOException {
        String tag = answer.header("etag").orElse("");
        if (tag.length() <= MAX_VALIDATOR && STRONG.matcher(tag).matches()) {
            Files.writeString(order.validator(), tag, StandardCharsets.US_ASCII);
        } else {
            Files.deleteIfExists(order.validator());
        }
    }

    private void copy(InputStream in, long start, OptionalLong total, LongConsumer position) throws IOException {
        long most = total.orElse(http.limits().fileBytes());
        long have = start;
        byte[] buffer = new byte[READ_BYTES];
        try (OutputStream out = output(start)) {
            for (int read = in.read(buffer); read >= 0; read = in.read(buffer)) {
                have += read;
                if (have > most) {
                    throw total.isPresent() ? longer(most) : tooLarge();
                }
                budget.take(read);
                write(out, buffer, read);
                stall.progressed(read);
                position.accept(have);
            }
        }
        if (total.isPresent() && have < total.getAsLong()) {
            throw new IOException("the answer ended after %d of %d bytes".formatted(have, total.getAsLong()));
        }
    }

    private OutputStream output(long start) throws IOException {
        try {
            return start > 0
                    ? Files.newOutputStream(order.partial(), StandardOpenOption.WRITE, StandardOpenOption.APPEND)
                    : Files.newOutputStream(order.partial());
        } catch (IOException e) {
            throw new LocalFailure(e);
        }
    }

    private static void write(OutputStream out, byte[] buffer, int length) throws LocalFailure {
        try {
            out.write(buffer, 0, length);
        } catch (IOException e) {
            throw new LocalFailure(e);
        }
    }

    private ForetokenException longer(long expected) {
        return new ForetokenException(
                ErrorCode.MODEL_FILE_CORRUPT,
                Shown.of(order.request().uri()) + " gives more than the " + expected + " bytes that it has");
    }

    private ForetokenException tooLarge() {
        return new ForetokenException(
                ErrorCode.PAYLOAD_TOO_LARGE,
                "%s has more than %d bytes; raise pull.file-bytes if that is right"
                        .formatted(
                                Shown.of(order.request().uri()), http.limits().fileBytes()));
    }
}
