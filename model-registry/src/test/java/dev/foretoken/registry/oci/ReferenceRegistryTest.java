package dev.foretoken.registry.oci;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Assumptions;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;

/** The same against the reference registry, the program {@code docker-registry} (Debian's package of that name) or {@code registry}. */
class ReferenceRegistryTest extends OciContract {

    private static @Nullable Process process;
    private static int port;

    @BeforeAll
    static void start(@TempDir Path home) throws IOException, InterruptedException {
        Optional<Path> program = program();
        Assumptions.assumeTrue(
                program.isPresent(), "no docker-registry on the PATH; 'apt-get install docker-registry' brings it");
        port = freePort();
        Path config = home.resolve("config.yml");
        Files.writeString(config, """
                version: 0.1
                log: {level: error}
                storage: {filesystem: {rootdirectory: %s}}
                http: {addr: "127.0.0.1:%d"}
                """.formatted(home.resolve("data"), port));
        process = new ProcessBuilder(program.get().toString(), "serve", config.toString())
                .redirectErrorStream(true)
                .redirectOutput(home.resolve("log").toFile())
                .start();
        awaitPort(process);
    }

    private static Optional<Path> program() {
        return Stream.of(System.getenv("PATH").split(":"))
                .map(folder -> Path.of(folder, "docker-registry"))
                .filter(Files::isExecutable)
                .findFirst();
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    private static void awaitPort(Process started) throws InterruptedException {
        for (int attempt = 0; attempt < 2400; attempt++) {
            try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
                return;
            } catch (IOException e) {
                if (started.waitFor(50, TimeUnit.MILLISECONDS)) {
                    throw new AssertionError("docker-registry ended at once with " + started.exitValue(), e);
                }
            }
        }
        throw new AssertionError("docker-registry does not listen");
    }

    @AfterAll
    static void stop() throws InterruptedException {
        Process running = process;
        if (running != null) {
            running.destroy();
            running.waitFor(10, TimeUnit.SECONDS);
            running.destroyForcibly();
        }
    }

    /** One for each test: what one pushed is not there for the next. */
    @Override
    String repository() {
        return "team/toy-" + Integer.toHexString(System.identityHashCode(this));
    }

    @Override
    String host() {
        return "127.0.0.1:" + port;
    }
}
