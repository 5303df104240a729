package dev.foretoken.app.command.routes;

import dev.foretoken.app.config.AdminClientOptions;
import dev.foretoken.app.terminal.ProductVersion;
import dev.foretoken.app.terminal.ProgressBar;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.io.Writer;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** Follows the decisions of a server. */
@Command(
        name = "record",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        description =
                "Writes the decisions of a running server to a file, one JSON object a line: the newest 1,000 it remembers, then those it makes, until Ctrl-C; a further line says so where a pod did not take what was sent there after all.",
        sortOptions = false)
final class RecordCommand implements Callable<Integer> {

    private static final Duration LOOK = Duration.ofMillis(500);
    private static final Duration STOP = Duration.ofSeconds(15);
    /** So often the server is looked at after the last decision, for those that are refused yet: 5 s. */
    private static final int LAST_LOOKS = 10;

    @Mixin
    private AdminClientOptions server = new AdminClientOptions();

    @Mixin
    private RouteFilterOptions filter = new RouteFilterOptions();

    @Parameters(paramLabel = "FILE", description = "Where to; must not exist.")
    private Path file = Path.of("");

    @Option(
            names = "--count",
            paramLabel = "N",
            defaultValue = "0",
            description = "Ends after so many decisions; 0 = goes on until Ctrl-C. Default: ${DEFAULT-VALUE}.")
    private long count;

    @Override
    public Integer call() throws InterruptedException {
        if (count < 0) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, "count=" + count + ", must not be negative");
        }
        try (Writer out = Files.newBufferedWriter(file, StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE)) {
            follow(new RouteRecording(RouteServer.at(server, System.getenv()), filter.query(), out));
        } catch (FileAlreadyExistsException e) {
            throw new ForetokenException(ErrorCode.CONFIG_INVALID, file + " exists; name a file that does not", e);
        } catch (IOException e) {
            throw new ForetokenException(
                    ErrorCode.CONFIG_INVALID, "cannot write " + file + " (" + e.getMessage() + ")", e);
        }
        return 0;
    }

    /** When the process is told to stop, the page under way is written to its end. */
    private void follow(RouteRecording recording) throws IOException, InterruptedException {
        CountDownLatch stop = new CountDownLatch(1);
        CountDownLatch over = new CountDownLatch(1);
        Thread hook = new Thread(() -> end(stop, over), "end-recording");
        Runtime.getRuntime().addShutdownHook(hook);
        try (ProgressBar progress = ProgressBar.onStderr(ProgressBar.Unit.STEPS)) {
            long most = count == 0 ? Long.MAX_VALUE : count;
            do {
                recording.poll(most);
                progress.update(progressLine(recording), recording.written(), count);
            } while (recording.written() < most && !stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS));
            for (int i = 0; i < LAST_LOOKS && !stop.await(LOOK.toMillis(), TimeUnit.MILLISECONDS); i++) {
                recording.poll(recording.written());
            }
            recording.poll(recording.written());
        } finally {
            System.err.println(summary(recording, file));
            over.countDown();
        }
    }

    private String progressLine(RouteRecording recording) {
        return count == 0 ? recording.written() + " decisions, until Ctrl-C" : "recording decisions";
    }

    static String summary(RouteRecording recording, Path file) {
        return "wrote " + recording.written() + " decisions to " + file
                + (recording.amended() == 0
                        ? ""
                        : ", " + recording.amended() + " of which were refused after they had been written")
                + (recording.gaps() == 0
                        ? ""
                        : "; " + recording.gaps()
                                + " times the server had made more than it remembers, and some are missing");
    }

    private static void end(CountDownLatch stop, CountDownLatch over) {
        stop.countDown();
        try {
            if (!over.await(STOP.toMillis(), TimeUnit.MILLISECONDS)) {
                System.err.println("the recording did not end in time; its last line may not be whole");
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
