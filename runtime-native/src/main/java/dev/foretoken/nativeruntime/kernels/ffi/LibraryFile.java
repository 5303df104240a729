package dev.foretoken.nativeruntime.kernels.ffi;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/**
 * Finds the library that was built with this code: in a directory where the image put it (read-only pods), or unpacked from the class path
 * into the user's cache. Either way the file must have the digest that the build wrote.
 */
public final class LibraryFile {
    /** What a lookup gave. */
    public sealed interface Result {
        record Loaded(NativeLibrary library) implements Result {}

        record Missing(String reason) implements Result {}
    }

    private static final String NAME = "libforetoken_native.so";
    private static final String FOLDER = "/native/linux-x86_64/";

    private LibraryFile() {}

    /** {@code directory}: where to load from, or null to unpack into {@code cache}. */
    public static Result load(@Nullable Path directory, Path cache) {
        String platform = System.getProperty("os.name") + "-" + System.getProperty("os.arch");
        if (!platform.equals("Linux-amd64")) {
            return new Result.Missing("there are no native kernels for %s, only for Linux-amd64".formatted(platform));
        }
        try {
            String digest = builtDigest();
            if (digest == null) {
                return new Result.Missing(
                        "this build has no native kernels: no C compiler was found when it was built");
            }
            Path file = directory == null ? unpack(cache.resolve(digest), digest) : directory.resolve(NAME);
            return verifyAndLoad(file, digest);
        } catch (IOException e) {
            return new Result.Missing("the native library cannot be read or unpacked: " + e);
        }
    }

    /** The per-user cache folder by the XDG rules. */
    public static Path userCache() {
        String home = System.getenv("XDG_CACHE_HOME");
        Path base = home == null || home.isEmpty() ? Path.of(System.getProperty("user.home"), ".cache") : Path.of(home);
        return base.resolve("foretoken").resolve("native");
    }

    private static Result verifyAndLoad(Path file, String digest) throws IOException {
        if (!Files.isRegularFile(file)) {
            return new Result.Missing("there is no %s in %s".formatted(NAME, file.getParent()));
        }
        String found = sha256(Files.readAllBytes(file));
        if (!found.equals(digest)) {
            return new Result.Missing("%s has digest %s, this build made %s".formatted(file, found, digest));
        }
        StringBuilder reason = new StringBuilder();
        return NativeLibrary.load(file.toAbsolutePath(), reason::append)
                .<Result>map(Result.Loaded::new)
                .orElseGet(() -> new Result.Missing(reason.toString()));
    }

    private static @Nullable String builtDigest() throws IOException {
        try (InputStream in = LibraryFile.class.getResourceAsStream(FOLDER + NAME + ".sha256")) {
            return in == null
                    ? null
                    : new String(in.readAllBytes(), StandardCharsets.US_ASCII)
                            .strip()
                            .toLowerCase(Locale.ROOT);
        }
    }

    /** Writes beside the target and renames, so that processes that start together never see half a file. */
    private static Path unpack(Path folder, String digest) throws IOException {
        Path file = folder.resolve(NAME);
        if (Files.isRegularFile(file) && sha256(Files.readAllBytes(file)).equals(digest)) {
            return file;
        }
        Files.createDirectories(folder);
        Path partial = Files.createTempFile(folder, NAME, ".partial");
        try (InputStream in = LibraryFile.class.getResourceAsStream(FOLDER + NAME)) {
            if (in == null) {
                throw new IOException("the class path has a digest but no " + NAME);
            }
            Files.copy(in, partial, StandardCopyOption.REPLACE_EXISTING);
            return Files.move(partial, file, StandardCopyOption.ATOMIC_MOVE, StandardCopyOption.REPLACE_EXISTING);
        } finally {
            Files.deleteIfExists(partial);
        }
    }

    private static String sha256(byte[] bytes) {
        try {
            return HexFormat.of().formatHex(MessageDigest.getInstance("SHA-256").digest(bytes));
        } catch (NoSuchAlgorithmException e) {
            throw new AssertionError("every JDK has SHA-256", e);
        }
    }
}
