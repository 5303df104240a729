package dev.foretoken.batch.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.Test;

/** Says where the tests of topics run, which are the same everywhere. */
class KafkaImageTest {

    private static final Path ROOT = Path.of(System.getProperty("foretoken.root", "../.."));

    @Test
    void theImageIsTheOneThatIsDeployedAndThatPagesName() throws IOException {
        assertThat(Files.readAllLines(ROOT.resolve("deploy/compose/compose.kafka.yaml")))
                .contains("    image: " + BrokerContainer.DEPLOYED);
        String shown = BrokerContainer.DEPLOYED.replace("docker.io/", "docker run -d --name kafka -p 9092:9092 ");
        for (String page : List.of("README.md", "src/docs/batch-topics.md")) {
            assertThat(Files.readAllLines(ROOT.resolve(page)))
                    .as(page)
                    .anySatisfy(line -> assertThat(line).startsWith(shown));
        }
    }

    @Test
    void testsOfTopicsRunOnTheImageWhereItIs() throws Exception {
        assumeTrue(
                BrokerContainer.isImageWanted(),
                "images are used with -Pimages alone: the tests of topics run on a broker that is a process of this machine");
        assumeTrue(
                BrokerContainer.hasImage(),
                "no engine here has the image " + BrokerContainer.IMAGE + " (`podman pull` or `docker pull` gets it):"
                        + " the tests of topics run on a broker that is a process of this machine");
        try (Admin admin = KafkaBroker.shared().admin()) {
            assertThat(admin.describeLogDirs(List.of(1)).allDescriptions().get().get(1))
                    .as("where images keep topics")
                    .containsOnlyKeys(BrokerContainer.DATA);
        }
    }
}
