package dev.foretoken.registry.ingest;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.safetensors.SafetensorsHeader;
import dev.foretoken.registry.safetensors.ShardIndex;
import dev.foretoken.registry.safetensors.TensorEntry;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.channels.FileChannel;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** Checks safetensors files by their headers, and that an index and its files say the same. */
final class SafetensorsCheck {

    private static final int ZIP = 'P' | 'K' << 8;
    private static final int PICKLE = 0x80;

    /** Of a pickle's second byte. */
    private static final int NEWEST_PICKLE = 5;

    /** A file that passed, with its header. */
    record Sound(CheckedFile file, SafetensorsHeader header) {}

    private SafetensorsCheck() {}

    /** @throws ForetokenException MODEL_FILE_CORRUPT for a file that is not what its header says, or no such file */
    static Sound check(String path, Path real) {
        try (FileChannel channel = FileChannel.open(real, StandardOpenOption.READ, LinkOption.NOFOLLOW_LINKS)) {
            long size = channel.size();
            requireNoPickle(path, channel);
            SafetensorsHeader header = SafetensorsHeader.read(Refusal.quoted(path), channel, size);
            CheckedFile.OnDisk content = new CheckedFile.OnDisk(real, header.dataStart(), digest(header));
            return new Sound(CheckedFile.onDisk(path, size, content, counts(header)), header);
        } catch (IOException e) {
            throw Refusal.unreadable(path, e);
        }
    }

    /** A header of 33,000 bytes begins like a pickle or a zip too; it goes on with a brace. */
    private static void requireNoPickle(String path, FileChannel channel) throws IOException {
        ByteBuffer start = ByteBuffer.allocate(9).order(ByteOrder.LITTLE_ENDIAN);
        channel.read(start, 0);
        int first = start.getShort(0) & 0xFFFF;
        boolean pickle = (first & 0xFF) == PICKLE && first >>> 8 <= NEWEST_PICKLE;
        if ((pickle || first == ZIP) && start.get(8) != '{') {
            throw Refusal.damaged(
                    "%s is no safetensors file but a pickle by another name, which can run code: it is never loaded",
                    Refusal.quoted(path));
        }
    }

    private static Digest digest(SafetensorsHeader header) {
        MessageDigest hasher = Digest.hasher();
        hasher.update(ByteBuffer.allocate(Long.BYTES)
                .order(ByteOrder.LITTLE_ENDIAN)
                .putLong(0, header.json().length)
                .array());
        hasher.update(header.json());
        return Digest.of(hasher);
    }

    private static CheckedFile.Counts counts(SafetensorsHeader header) {
        long elements = 0;
        for (TensorEntry tensor : header.tensors().values()) {
            elements += tensor.bytes() / tensor.type().bytes();
        }
        return new CheckedFile.Counts(header.tensors().size(), elements);
    }

    /** Refuses a tensor that is in no file, in another than the index says, or in two. */
    static void requireAgreed(String name, ShardIndex index, Map<String, Set<String>> tensorsOf) {
        Map<String, String> found = new TreeMap<>();
        tensorsOf.forEach((file, tensors) -> tensors.forEach(tensor -> {
            String other = found.put(tensor, file);
            if (other != null) {
                throw Refusal.damaged("tensor %s is in two files, %s and %s", Refusal.quoted(tensor), other, file);
            }
        }));
        index.fileOf().forEach((tensor, file) -> {
            if (!file.equals(found.get(tensor))) {
                throw Refusal.damaged(
                        "%s says that tensor %s is in %s, but it is in %s",
                        name, Refusal.quoted(tensor), file, found.getOrDefault(tensor, "no file"));
            }
        });
    }
}
