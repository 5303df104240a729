package dev.foretoken.e2e.image;

import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.foretoken.e2e.server.Checkout;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** The image {@code cpu} of this checkout, and the engine that has it. Built when a test asks for it. */
record TestedImage(ContainerEngine engine, String name) {

    /** An image that is there already; empty: one is built. */
    private static final String GIVEN = System.getProperty("foretoken.images.given", "");

    private static final String BUILT = "localhost/foretoken:test";
    private static final Duration BUILDING = Duration.ofHours(1);

    /** Skips the test, and says why, where no image is wanted or none can be had. */
    static TestedImage get() {
        assumeTrue(
                Boolean.getBoolean("foretoken.images"),
                "an image is built with -Pimages alone: it takes minutes, a container engine and base images");
        Optional<ContainerEngine> found = ContainerEngine.find();
        assumeTrue(found.isPresent(), "neither podman nor docker is here and works: no image is built");
        ContainerEngine engine = found.orElseThrow();
        return GIVEN.isEmpty() ? built(engine) : new TestedImage(engine, GIVEN);
    }

    /** One at a time: who comes second finds every layer made. */
    private static TestedImage built(ContainerEngine engine) {
        Path target = Checkout.root().resolve("src/e2e/target");
        try (FileChannel file = FileChannel.open(
                        Files.createDirectories(target).resolve("image.lock"),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE);
                FileLock alone = file.lock()) {
            assert alone.isValid();
            engine.run(BUILDING, build()).orFail();
            return new TestedImage(engine, BUILT);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static List<String> build() {
        List<String> words =
                new ArrayList<>(List.of("build", "-f", "deploy/images/Dockerfile", "--target", "cpu", "-t", BUILT));
        words.addAll(List.of(System.getProperty("foretoken.images.build", "").split("\\s+")));
        words.removeIf(String::isEmpty);
        words.add(".");
        return words;
    }
}
