package dev.foretoken.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Says where the tests of the database run, which are the same everywhere. */
class PostgresImageTest {

    @Test
    void theImageIsTheOneThatIsDeployed() throws IOException {
        Path compose = Path.of(System.getProperty("foretoken.root", ".."), "deploy/compose/compose.yaml");
        assertThat(Files.readAllLines(compose)).contains("    image: " + PostgresServer.DEPLOYED);
    }

    @Test
    void testsOfTheDatabaseRunOnTheImageWhereItIs(@TempDir Path folder) throws SQLException {
        assumeTrue(
                PostgresServer.isImageWanted(),
                "images are used with -Pimages alone: the tests of the database run on a process of this machine");
        assumeTrue(
                PostgresServer.hasImage(),
                "no engine here has the image " + PostgresServer.IMAGE + " (`podman pull` or `docker pull` gets it):"
                        + " the tests of the database run on a process of this machine");
        try (Connection connection = DriverManager.getConnection(DatabaseKind.POSTGRESQL.url(folder));
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery("SHOW data_directory")) {
            assertThat(rows.next()).isTrue();
            assertThat(rows.getString(1)).as("where images keep it").isEqualTo("/var/lib/postgresql/data");
        }
    }
}
