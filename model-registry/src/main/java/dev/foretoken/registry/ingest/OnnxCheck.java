package dev.foretoken.registry.ingest;

import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.ingest.onnx.ExternalTensor;
import dev.foretoken.registry.ingest.onnx.OnnxFile;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Checks ONNX files and the files that they name for their tensors. */
final class OnnxCheck {

    private final SourceFolder folder;
    private final Map<String, CheckedFile> found = new TreeMap<>();

    OnnxCheck(SourceFolder folder) {
        this.folder = folder;
    }

    /** Every file that passed, once. */
    List<CheckedFile> files() {
        return new ArrayList<>(found.values());
    }

    /**
     * Checks a file and what it names.
     *
     * @param path from the folder
     * @throws ForetokenException MODEL_FILE_CORRUPT
     */
    void check(String path) {
        Path real = folder.file(path);
        try (Hashed in = new Hashed(Files.newInputStream(real, LinkOption.NOFOLLOW_LINKS))) {
            OnnxFile file = OnnxFile.read(Refusal.quoted(path), in);
            in.transferTo(java.io.OutputStream.nullOutputStream());
            CheckedFile.OnDisk content = new CheckedFile.OnDisk(real, in.bytes, Digest.of(in.hasher));
            CheckedFile.Counts counts = new CheckedFile.Counts(file.tensors(), file.elements());
            found.put(path, CheckedFile.onDisk(path, in.bytes, content, counts));
            String beside = path.substring(0, path.lastIndexOf('/') + 1);
            file.external().forEach(tensor -> external(beside, tensor));
        } catch (IOException e) {
            throw Refusal.unreadable(path, e);
        }
    }

    private void external(String beside, ExternalTensor tensor) {
        if (tensor.location().indexOf('*') >= 0) {
            throw Refusal.damaged(
                    "tensor %s is at %s, which stands for memory and is no file",
                    tensor.tensor(), Refusal.quoted(tensor.location()));
        }
        String path = beside + tensor.location();
        CheckedFile file = found.get(path);
        if (file == null) {
            file = data(path, tensor);
            found.put(path, file);
        }
        tensor.requireWithin(file.size());
    }

    /** Bytes that are mapped and never interpreted otherwise than as numbers. */
    private CheckedFile data(String path, ExternalTensor tensor) {
        Path real = beside(path, tensor);
        try {
            CheckedFile.OnDisk content = new CheckedFile.OnDisk(real, 0, Digest.of(new byte[0]));
            return CheckedFile.onDisk(path, Files.size(real), content, CheckedFile.Counts.NONE);
        } catch (IOException e) {
            throw Refusal.unreadable(path, e);
        }
    }

    private Path beside(String path, ExternalTensor tensor) {
        try {
            return folder.file(path);
        } catch (ForetokenException e) {
            throw new ForetokenException(
                    e.code(),
                    "%s; tensor %s of the graph is said to be there, and a graph's files must lie beside it or below"
                            .formatted(e.getMessage(), Refusal.quoted(tensor.tensor())),
                    e);
        }
    }

    /** Digests also what is skipped. */
    private static final class Hashed extends FilterInputStream {
        private final MessageDigest hasher = Digest.hasher();
        private long bytes;

        private Hashed(InputStream in) {
            super(in);
        }

        @Override
        public int read() throws IOException {
            byte[] one = new byte[1];
            return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
        }

        @Override
        public int read(byte[] into, int offset, int length) throws IOException {
            int read = in.read(into, offset, length);
            if (read > 0) {
                hasher.update(into, offset, read);
                bytes += read;
            }
            return read;
        }

        @Override
        public long skip(long count) throws IOException {
            byte[] skipped = new byte[(int) Math.min(Math.max(count, 0), 1 << 16)];
            return Math.max(0, read(skipped, 0, skipped.length));
        }
    }
}
