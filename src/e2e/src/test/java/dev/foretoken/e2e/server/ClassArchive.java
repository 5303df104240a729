package dev.foretoken.e2e.server;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.util.List;
import java.util.Map;

/**
 * The app's classes as the JVM has them once they are loaded, in a file that later processes map: they start in half the time. One of the first
 * processes of a built app makes it. The JVM itself checks that a file is of its own kind and of these jars, and goes on without it where it is not.
 */
final class ClassArchive {

    private static final Path FOLDER = Checkout.root().resolve("src/e2e/target/class-archive");

    /** This JVM makes none, as one does that came without that of its own classes. */
    private static boolean unable;

    private ClassArchive() {}

    /** Flags of a process that uses the archive; none while another process of these tests makes it. */
    static synchronized List<String> flags() {
        try {
            Path archive = FOLDER.resolve(builtApp() + ".jsa");
            if (unable || !Files.exists(archive) && !make(archive)) {
                return List.of();
            }
            return List.of("-XX:SharedArchiveFile=" + archive);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Other than that of an app that was built at another time, or runs on another Java. */
    private static String builtApp() throws IOException {
        return Files.getLastModifiedTime(Checkout.app()).toMillis() + "-" + Runtime.version();
    }

    /** Whether it is there. */
    private static boolean make(Path archive) throws IOException {
        Files.createDirectories(FOLDER);
        try (FileChannel channel =
                        FileChannel.open(FOLDER.resolve("lock"), StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                FileLock lock = channel.tryLock()) {
            if (lock != null && !Files.exists(archive)) {
                Path made = FOLDER.resolve("made-" + ProcessHandle.current().pid());
                serveOnce("-XX:ArchiveClassesAtExit=" + made);
                unable = !Files.exists(made);
                if (!unable) {
                    Files.move(made, archive, StandardCopyOption.ATOMIC_MOVE);
                }
            }
            return Files.exists(archive);
        }
    }

    private static void serveOnce(String flag) {
        List<String> serve = ServeArguments.of(Models.LLAMA, Checkout.checkpoint(Models.LLAMA))
                .all();
        try (ServerProcess server = ServerProcess.start(List.of(flag), serve, Map.of())) {
            server.endInput();
            server.awaitReady();
            server.terminate();
            server.awaitExit();
        }
    }
}
