package dev.foretoken.onnxruntime.session.capi;

import java.io.IOException;
import java.io.InputStream;
import java.net.URL;
import java.net.URLConnection;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The libraries of ONNX Runtime's CUDA provider, which it looks for beside its own. The Java interface unpacks them into the temporary folder
 * whatever folder its own were loaded from, so they are put beside those that a folder was named for.
 *
 * @param resources finds what is packed by its path; null for nothing
 */
record ProviderLibraries(Function<String, @Nullable URL> resources) {

    private static final List<String> NAMES =
            List.of("libonnxruntime_providers_shared.so", "libonnxruntime_providers_cuda.so");

    /**
     * Half a gigabyte is neither read into memory nor compared at every start: a file of the same size is taken for the same.
     *
     * @param platform as in the names of the archive's folders
     * @throws IOException where there is no room, or the archive has no such libraries
     */
    void unpack(String platform, Path folder) throws IOException {
        for (String name : NAMES) {
            URL packed = resources.apply("/ai/onnxruntime/native/" + platform + "/" + name);
            if (packed == null) {
                throw new IOException("the archive of ONNX Runtime has no " + name + " for " + platform);
            }
            unpack(packed, folder.resolve(name));
        }
    }

    /** Moved into place whole, so that a second process never sees half of it. */
    private static void unpack(URL packed, Path target) throws IOException {
        URLConnection connection = packed.openConnection();
        connection.setUseCaches(false);
        try (InputStream in = connection.getInputStream()) {
            if (Files.isRegularFile(target) && Files.size(target) == connection.getContentLengthLong()) {
                return;
            }
            Path made = Files.createTempFile(target.getParent(), ".unpacking", "");
            try {
                Files.copy(in, made, StandardCopyOption.REPLACE_EXISTING);
                Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
            } finally {
                Files.deleteIfExists(made);
            }
        }
    }
}
