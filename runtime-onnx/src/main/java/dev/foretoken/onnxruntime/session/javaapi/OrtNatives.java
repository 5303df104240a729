package dev.foretoken.onnxruntime.session.javaapi;

import ai.onnxruntime.OrtEnvironment;
import java.io.IOException;
import java.io.InputStream;
import java.lang.reflect.Field;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.List;
import java.util.Locale;

/**
 * ONNX Runtime's native libraries, unpacked once for a user and version instead of into the temporary folder at every start. They lie in the
 * folder that {@code -Donnxruntime.native.path} names where it is set, as in images whose file systems are read-only.
 */
public final class OrtNatives {

    private static final System.Logger LOG = System.getLogger(OrtNatives.class.getName());
    /** The setting that names the folder. */
    public static final String PATH = "onnxruntime.native.path";

    private static final List<String> LIBRARIES = List.of("libonnxruntime.so", "libonnxruntime4j_jni.so");

    private OrtNatives() {}

    /**
     * Has the libraries where ONNX Runtime looks for them; it unpacks them itself where this cannot be done.
     *
     * @param cache folder of this user
     */
    public static void unpack(Path cache) {
        String platform = platform();
        if (System.getProperty(PATH) != null || platform.isEmpty()) {
            return;
        }
        try {
            Path folder = Files.createDirectories(cache.resolve(version()).resolve(platform));
            for (String library : LIBRARIES) {
                unpack("/ai/onnxruntime/native/" + platform + "/" + library, folder.resolve(library));
            }
            System.setProperty(PATH, folder.toString());
        } catch (IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "ONNX Runtime unpacks its libraries at every start", e);
        }
    }

    /**
     * Deletes the folder that ONNX Runtime makes as it starts, to unpack what it does not find. It stays empty where everything was found, and is
     * deleted by itself only when the process ends in peace. Only a private field has its name.
     */
    public static void removeUnused() {
        if (System.getProperty(PATH) == null) {
            return;
        }
        try {
            Field folder = Class.forName("ai.onnxruntime.OnnxRuntime").getDeclaredField("tempDirectory");
            folder.setAccessible(true);
            if (folder.get(null) instanceof Path unused) {
                Files.deleteIfExists(unused);
            }
        } catch (ReflectiveOperationException | RuntimeException | IOException e) {
            LOG.log(System.Logger.Level.DEBUG, "ONNX Runtime's temporary folder stays", e);
        }
    }

    /** By what each library is, so that one of another build is replaced; moved into place whole, so that a second process never sees half of it. */
    private static void unpack(String resource, Path target) throws IOException {
        byte[] library;
        try (InputStream in = OrtEnvironment.class.getResourceAsStream(resource)) {
            if (in == null) {
                throw new IOException("no " + resource);
            }
            library = in.readAllBytes();
        }
        if (Files.isRegularFile(target) && java.util.Arrays.equals(Files.readAllBytes(target), library)) {
            return;
        }
        Path made = Files.createTempFile(target.getParent(), ".unpacking", "");
        try {
            Files.write(made, library);
            Files.move(made, target, StandardCopyOption.ATOMIC_MOVE);
        } finally {
            Files.deleteIfExists(made);
        }
    }

    /** As in the names of the archive's folders; empty for one that is unpacked as ONNX Runtime likes. */
    public static String platform() {
        String system = System.getProperty("os.name").toLowerCase(Locale.ROOT);
        if (!system.startsWith("linux")) {
            return "";
        }
        return switch (System.getProperty("os.arch")) {
            case "amd64", "x86_64" -> "linux-x64";
            case "aarch64" -> "linux-aarch64";
            default -> "";
        };
    }

    private static String version() throws IOException {
        String version = OrtEnvironment.class.getPackage().getImplementationVersion();
        try (InputStream in = OrtEnvironment.class.getResourceAsStream("/GIT_COMMIT_ID")) {
            String commit =
                    in == null ? "" : new String(in.readAllBytes(), java.nio.charset.StandardCharsets.UTF_8).strip();
            return (version == null ? "" : version + "-") + commit;
        }
    }
}
