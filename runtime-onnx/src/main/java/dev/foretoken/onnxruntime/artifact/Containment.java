package dev.foretoken.onnxruntime.artifact;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.content.FilePath;
import dev.foretoken.registry.ingest.onnx.ExternalTensor;
import dev.foretoken.registry.ingest.onnx.OnnxFile;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;

/**
 * Lets a graph read only files that lie in its folder: not by a path that leaves it, not by a link, not by a folder that is one, and not by a
 * second name of a file that is elsewhere.
 */
final class Containment {

    private Containment() {}

    /**
     * Checks every file that the graph names, and that its tensors lie within.
     *
     * @param trusted whether its files may have further names
     * @return bytes of the graph and of those files
     * @throws ForetokenException MODEL_FILE_CORRUPT
     */
    static long checked(Path graph, boolean trusted) {
        String name = String.valueOf(graph.getFileName());
        try (InputStream in = new BufferedInputStream(Files.newInputStream(graph), 1 << 16)) {
            OnnxFile file = OnnxFile.read(name, in);
            Map<String, Long> sizes = new TreeMap<>();
            for (ExternalTensor tensor : file.external()) {
                Long bytes = sizes.get(tensor.location());
                if (bytes == null) {
                    bytes = size(graph.toAbsolutePath().getParent(), tensor, trusted);
                    sizes.put(tensor.location(), bytes);
                }
                tensor.requireWithin(bytes);
            }
            return Files.size(graph)
                    + sizes.values().stream().mapToLong(Long::longValue).sum();
        } catch (IOException e) {
            throw new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, name + " cannot be read", e);
        }
    }

    private static long size(Path folder, ExternalTensor tensor, boolean trusted) throws IOException {
        String path = inside(tensor.location(), "tensor " + tensor.tensor() + " is in a file that leaves the folder: ");
        Path file = folder.resolve(path);
        requireNoLink(folder, file, path);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw corrupt("tensor %s is in the file %s, which is not there".formatted(tensor.tensor(), path));
        }
        if (!trusted
                && file.getFileSystem().supportedFileAttributeViews().contains("unix")
                && Files.getAttribute(file, "unix:nlink", LinkOption.NOFOLLOW_LINKS) instanceof Integer names
                && names > 1) {
            throw corrupt(
                    "the file %s with tensor %s has %d names (hard links), so it may belong to something else; copy it, or import the model into the registry"
                            .formatted(path, tensor.tensor(), names));
        }
        return Files.size(file);
    }

    private static void requireNoLink(Path folder, Path file, String path) {
        for (Path step = file; !step.equals(folder); step = step.getParent()) {
            if (Files.isSymbolicLink(step)) {
                throw corrupt("the file %s %s a symbolic link; copy it, or import the model into the registry"
                        .formatted(path, step.equals(file) ? "is" : "is in a folder that is"));
            }
        }
    }

    /** A file that a description beside it names. */
    static Path file(Path folder, String name) {
        Path file = folder.resolve(inside(name, "the graph is in a file that leaves the folder: "));
        if (!Files.isRegularFile(file)) {
            throw corrupt("the graph %s is not there".formatted(name));
        }
        return file;
    }

    private static String inside(String path, String message) {
        try {
            return FilePath.checked(path);
        } catch (ForetokenException e) {
            throw corrupt(message + e.getMessage());
        }
    }

    private static ForetokenException corrupt(String message) {
        return new ForetokenException(ErrorCode.MODEL_FILE_CORRUPT, message);
    }
}
