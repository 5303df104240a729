package dev.foretoken.onnxruntime;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.ingest.onnx.ExternalTensor;
import dev.foretoken.registry.ingest.onnx.OnnxFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.DigestInputStream;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.List;

/** SHA-256 of a graph with all its tensors. */
final class GraphDigest {

    private GraphDigest() {}

    /** @param more what else makes a difference */
    static String of(Path graph, String more) {
        MessageDigest hasher = hasher();
        hasher.update(more.getBytes(StandardCharsets.UTF_8));
        try {
            add(hasher, graph);
            for (String location : locations(graph)) {
                add(hasher, graph.resolveSibling(location));
            }
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, graph.getFileName() + " cannot be read", e);
        }
        return HexFormat.of().formatHex(hasher.digest());
    }

    /** Of one file, whatever it is. */
    static String ofBytes(Path file) throws IOException {
        MessageDigest hasher = hasher();
        add(hasher, file);
        return HexFormat.of().formatHex(hasher.digest());
    }

    private static List<String> locations(Path graph) throws IOException {
        try (InputStream in = new BufferedInputStream(Files.newInputStream(graph), 1 << 16)) {
            return OnnxFile.read(String.valueOf(graph.getFileName()), in).external().stream()
                    .map(ExternalTensor::location)
                    .distinct()
                    .sorted()
                    .toList();
        }
    }

    private static void add(MessageDigest hasher, Path file) throws IOException {
        try (DigestInputStream in = new DigestInputStream(Files.newInputStream(file), hasher)) {
            in.transferTo(java.io.OutputStream.nullOutputStream());
        }
    }

    private static MessageDigest hasher() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java has SHA-256", e);
        }
    }
}
