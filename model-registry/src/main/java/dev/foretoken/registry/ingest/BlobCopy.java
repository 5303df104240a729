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
 * begin with the bytes that were checked. Each byte is digested once for its part, by the store's writer, and where there are several parts
 * once for its file, on another thread. What already is in the store is not written again. For one thread.
 */
final class BlobCopy {

    private static final String STAGE = "importing";
    private static final int BUFFER_BYTES = 1 << 20;

    private final BlobStore store;
    private final LoadProgress progress;
    private final long total;
    private final byte[][] buffers = new byte[2][BUFFER_BYTES];
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
        boolean single = file.parts().size() == 1;
        boolean seen = single && checked == file.size();
        try (SideHasher whole = new SideHasher()) {
            Streamed in = new Streamed(source, seen ? 0 : checked, single, whole);
            List<Descriptor> parts = new ArrayList<>();
            String type = single ? MediaTypes.FILE : MediaTypes.TENSORS;
            for (long length : file.parts()) {
                parts.add(part(file, in, length, type));
            }
            Digest digest = single ? parts.getFirst().digest() : whole.digest();
            Digest start = seen ? digest : Digest.of(in.start);
            if (source.read() >= 0 || !start.equals(expected)) {
                throw changed(file);
            }
            return new ModelFile(file.path(), file.size(), digest, parts);
        } catch (IOException e) {
            throw Refusal.unreadable(file.path(), e);
        }
    }

    private Descriptor part(CheckedFile file, Streamed in, long length, String type) throws IOException {
        try (BlobWriter writer = store.begin()) {
            for (long left = length; left > 0; ) {
                int read = in.read((int) Math.min(left, BUFFER_BYTES));
                if (read < 0) {
                    throw changed(file);
                }
                writer.write(in.bytes(), 0, read);
                left -= read;
                done += read;
                progress.update(STAGE, done, total);
            }
            Digest digest = writer.digest();
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

    /**
     * A file's bytes with the digests of all of them, where there are several parts, and of the first ones. One buffer is filled while the
     * other may still be read for the digest.
     */
    private final class Streamed {
        private final InputStream in;
        private final boolean single;
        private final SideHasher whole;
        private final MessageDigest start = Digest.hasher();
        private long ofStart;
        private int turn;

        private Streamed(InputStream in, long checked, boolean single, SideHasher whole) {
            this.in = in;
            this.ofStart = checked;
            this.single = single;
            this.whole = whole;
        }

        /** Fills {@link #bytes}, which stay until the next call. */
        private int read(int most) throws IOException {
            turn = 1 - turn;
            byte[] into = bytes();
            int read = in.read(into, 0, most);
            if (read > 0) {
                int count = (int) Math.min(ofStart, read);
                start.update(into, 0, count);
                ofStart -= count;
                if (!single) {
                    whole.update(into, read);
                }
            }
            return read;
        }

        private byte[] bytes() {
            return buffers[turn];
        }
    }
}
