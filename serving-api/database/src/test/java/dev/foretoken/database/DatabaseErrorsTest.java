package dev.foretoken.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.nio.file.Path;
import java.sql.SQLException;
import java.sql.SQLTransientConnectionException;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DatabaseErrorsTest {

    private static DatabaseErrors errors(String url) {
        return new DatabaseErrors(new DatabaseConfig("the database", url, 4, Duration.ofSeconds(1)));
    }

    @ParameterizedTest
    @CsvSource({
        "40001, REGISTRY_UNAVAILABLE, true",
        "40P01, REGISTRY_UNAVAILABLE, true",
        "55P03, REGISTRY_UNAVAILABLE, true",
        "08006, REGISTRY_UNAVAILABLE, false",
        "57P03, REGISTRY_UNAVAILABLE, false",
        "53300, REGISTRY_UNAVAILABLE, false",
        "25006, REGISTRY_UNAVAILABLE, false",
        "53100, STORAGE_FULL, false",
        "23505, INTERNAL_ERROR, false",
        ", INTERNAL_ERROR, false",
    })
    void postgresqlSaysByItsStates(String state, ErrorCode code, boolean passes) {
        DatabaseErrors errors = errors("jdbc:postgresql://host/name");
        SQLException refused = new SQLException("host", state);
        assertThat(errors.of(refused).code()).isEqualTo(code);
        assertThat(errors.passes(refused)).isEqualTo(passes);
        assertThat(errors.of(refused)).hasMessageStartingWith("the d").hasMessageNotContaining("host");
    }

    @ParameterizedTest
    @CsvSource({
        "5, REGISTRY_UNAVAILABLE, true",
        "517, REGISTRY_UNAVAILABLE, true",
        "6, REGISTRY_UNAVAILABLE, true",
        "14, REGISTRY_UNAVAILABLE, false",
        "13, STORAGE_FULL, false",
        "19, INTERNAL_ERROR, false",
    })
    void sqliteSaysByTheLowerByteOfItsCodes(int number, ErrorCode code, boolean passes) {
        DatabaseErrors errors = errors("jdbc:sqlite:file");
        SQLException refused = new SQLException("file", null, number);
        assertThat(errors.of(refused).code()).isEqualTo(code);
        assertThat(errors.passes(refused)).isEqualTo(passes);
    }

    @ParameterizedTest
    @CsvSource({"08006, true", "57P01, true", "53100, false", "53200, false", "25006, false", "40001, false", ", false"
    })
    void whoRefusesACommitHasHeardOfIt(String state, boolean isUnheard) {
        assertThat(Dialect.POSTGRESQL.isUnheard(new SQLException("host", state)))
                .isEqualTo(isUnheard);
        assertThat(Dialect.SQLITE.isUnheard(new SQLException("file", state, 14)))
                .isFalse();
    }

    @ParameterizedTest
    @CsvSource({"jdbc:postgresql://host/name", "jdbc:sqlite:file"})
    void aPoolWithoutAFreeConnectionMayHaveOneLater(String url) {
        ForetokenException said = errors(url).of(new SQLTransientConnectionException("request timed out"));
        assertThat(said.code()).isEqualTo(ErrorCode.REGISTRY_UNAVAILABLE);
        assertThat(said.retryAfter()).isPresent();
    }

    @ParameterizedTest
    @CsvSource({
        "jdbc:sqlite:a/b.db, a/b.db",
        "jdbc:sqlite:/a/b.db?cache=shared, /a/b.db",
        "jdbc:sqlite:file:/a/b.db?mode=rw, /a/b.db",
        "jdbc:sqlite:file:///a/b.db, /a/b.db",
        "jdbc:sqlite::memory:,",
        "jdbc:sqlite:,",
        "jdbc:postgresql://host/name,",
    })
    void someDatabasesAreFiles(String url, Path file) {
        DatabaseConfig config = new DatabaseConfig("the database", url, 4, Duration.ofSeconds(1));
        assertThat(config.file()).isEqualTo(Optional.ofNullable(file));
    }

    @Test
    void refusesOtherDatabasesAndMigrationsOutOfOrder() {
        assertThatThrownBy(() -> errors("jdbc:h2:mem:secret"))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageNotContaining("secret");
        assertThatThrownBy(() -> new Tables(getClass(), "history", List.of("V2__things.sql")))
                .hasMessage("migration 1 is named V2__things.sql");
    }
}
