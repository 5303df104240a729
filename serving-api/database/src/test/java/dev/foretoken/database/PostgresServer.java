package dev.foretoken.database;

import com.github.dockerjava.api.exception.NotFoundException;
import io.zonky.test.db.postgres.embedded.EmbeddedPostgres;
import java.io.IOException;
import java.io.UncheckedIOException;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/**
 * The PostgreSQL that tests run on: with {@code -Pimages} a container of the image that is deployed, where the engine has it; else a process of
 * this machine. Nothing is pulled. Ended with the JVM.
 *
 * @param host with its port
 */
record PostgresServer(String host, String password) {

    /** What {@code deploy/compose} runs. */
    static final String DEPLOYED = "docker.io/library/postgres:17.6";
    /** That one, unless another is given. */
    static final String IMAGE = System.getProperty("foretoken.images.postgres", DEPLOYED);

    private static final int PORT = 5432;
    private static final String PASSWORD = "of-tests-alone";

    static boolean isImageWanted() {
        return Boolean.getBoolean("foretoken.images");
    }

    /** Whether an engine has the image. It is asked by name: lists of engines shorten names, each in its own way. */
    static boolean hasImage() {
        if (!DockerClientFactory.instance().isDockerAvailable()) {
            return false;
        }
        try {
            DockerClientFactory.instance().client().inspectImageCmd(IMAGE).exec();
            return true;
        } catch (NotFoundException e) {
            return false;
        }
    }

    @SuppressWarnings("resource") // Testcontainers stops it when the JVM ends
    static PostgresServer start() {
        if (!isImageWanted() || !hasImage()) {
            return local();
        }
        GenericContainer<?> container = new GenericContainer<>(DockerImageName.parse(IMAGE))
                .withImagePullPolicy(image -> false)
                .withEnv("POSTGRES_PASSWORD", PASSWORD)
                .withExposedPorts(PORT);
        container.start();
        return new PostgresServer(container.getHost() + ":" + container.getMappedPort(PORT), PASSWORD);
    }

    private static PostgresServer local() {
        try {
            return new PostgresServer(
                    "localhost:" + EmbeddedPostgres.builder().start().getPort(), "");
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** For JDBC. */
    String url(String database) {
        String url = "jdbc:postgresql://" + host + "/" + database + "?user=postgres";
        return password.isEmpty() ? url : url + "&password=" + password;
    }
}
