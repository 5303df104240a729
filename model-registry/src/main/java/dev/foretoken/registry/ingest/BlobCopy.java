package dev.foretoken.registry.ingest;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.runtime.LoadProgress;
import dev.foretoken.registry.blob.BlobStore;
import dev.foretoken.registry.blob.BlobWriter;
import dev.foretoken.registry.content.Descriptor;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.content.MediaTypes;
import dev.foretoken.registry.content.ModelFile;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;

/**
 * Streams files into a store, each of them once: the digests of the file and of its parts are of exactly the bytes that are stored, and these
 * begin with the bytes that were checked. What already is in the store is not written again. For one thread.
 */
final class BlobCopy {

    private static final String STAGE = "importing";
    private static final int BUFFER_BYTES = 1 << 20;

    private final BlobStore store;
    private final LoadProgress progress;
    private final long total;
    private final byte[] buffer = new byte[BUFFER_BYTES];
    private long done;
    private long added;
    private long present;

    /** {@code total}: bytes of all files. */
    BlobCopy(BlobStore store, LoadProgress progress, long total) {
        this.store = store;
        this.progress = progress;
        this.total = total;
    }

    /** Bytes that the store did not have. */
    long added() {
        return added;
    }

    /** Bytes that it had. */
    long present() {
        return present;
    }

    /** @throws ForetokenException MODEL_FILE_CORRUPT when the file is not what was checked, and what the store throws */
    ModelFile copy(CheckedFile file) {
        return switch (file.content()) {
            case CheckedFile.InMemory memory ->
                copy(file, new ByteArrayInputStream(memory.bytes()), 0, Digest.of(new byte[0]));
            case CheckedFile.OnDisk disk -> {
                try (InputStream in = Files.newInputStream(disk.path(), LinkOption.NOFOLLOW_LINKS)) {
                    yield copy(file, in, disk.checked(), disk.digest());
                } catch (IOException e) {
                    throw Refusal.unreadable(file.path(), e);
                }
            }
        };
    }

    private ModelFile copy(CheckedFile file, InputStream source, long checked, Digest expected) {
        Streamed in = new Streamed(source, checked, file.parts().size() > 1);
        try {
            List<Descriptor> parts = new ArrayList<>();
            String type = file.parts().size() == 1 ? MediaTypes.FILE : MediaTypes.TENSORS;
            for (long length : file.parts()) {
                parts.add(part(file, in, length, type));
            }
            if (source.read() >= 0 || !Digest.of(in.start).equals(expected)) {
                throw changed(file);
            }
            Digest whole = parts.size() == 1 ? parts.getFirst().digest() : Digest.of(in.whole);
            return new ModelFile(file.path(), file.size(), whole, parts);
        } catch (IOException e) {
            throw Refusal.unreadable(file.path(), e);
        }
    }

    private Descriptor part(CheckedFile file, Streamed in, long length, String type) throws IOException {
        MessageDigest hasher = Digest.hasher();
        try (BlobWriter writer = store.begin()) {
            for (long left = length; left > 0; ) {
                int read = in.read(buffer, (int) Math.min(left, buffer.length));
                if (read < 0) {
                    throw changed(file);
                }
                hasher.update(buffer, 0, read);
                writer.write(buffer, 0, read);
                left -= read;
                done += read;
                progress.update(STAGE, done, total);
            }
            Digest digest = Digest.of(hasher);
            keep(writer, digest, length);
            return new Descriptor(type, digest, length);
        }
    }

    private void keep(BlobWriter writer, Digest digest, long length) {
        if (store.renew(digest) && store.size(digest) == length) {
            present += length;
        } else {
            writer.commit(digest);
            added += length;
        }
    }

    private static ForetokenException changed(CheckedFile file) {
        return Refusal.damaged(
                "%s was written to while it was imported; import it again when nobody does",
                Refusal.quoted(file.path()));
    }

    /** A file's bytes with the digests of all of them, where there are several parts, and of the first ones. */
    private static final class Streamed {
        private final InputStream in;
        private final boolean several;
        private final MessageDigest whole = Digest.hasher();
        private final MessageDigest start = Digest.hasher();
        private long ofStart;

        private Streamed(InputStream in, long checked, boolean several) {
            this.in = in;
            this.ofStart = checked;
            this.several = several;
        }

        private int read(byte[] into, int most) throws IOException {
            int read = in.read(into, 0, most);
            if (read > 0) {
                int count = (int) Math.min(ofStart, read);
                start.update(into, 0, count);
                ofStart -= count;
                if (several) {
                    whole.update(into, 0, read);
                }
            }
            return read;
        }
    }
}
