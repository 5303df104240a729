package dev.foretoken.database;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(DatabaseKind.class)
class DatabaseTest {
    private static final Tables FIRST = tables("things_history", "V1__things.sql");
    private static final Tables THINGS = tables("things_history", "V1__things.sql", "V2__owners.sql");
    private static final Tables OTHERS = tables("others_history", "V1__others.sql");

    private static final int SQLITE_FULL = 13;

    private final DatabaseKind kind;
    private final String url;

    DatabaseTest(DatabaseKind kind, @TempDir Path folder) {
        this.kind = kind;
        this.url = kind.url(folder);
    }

    private static Tables tables(String history, String... migrations) {
        return new Tables(DatabaseTest.class, history, List.of(migrations));
    }

    private static Database<Sql> open(String url, Tables tables) {
        DatabaseConfig config = new DatabaseConfig("the database of things", url, 8, Duration.ofSeconds(30));
        return Database.open(config, tables, Function.identity());
    }

    private static void add(Sql sql, String name) throws SQLException {
        sql.update("INSERT INTO things (name) VALUES (?)", name);
    }

    private static List<String> names(Sql sql) throws SQLException {
        return sql.list("SELECT name FROM things ORDER BY name", row -> row.getString(1));
    }

    @Test
    void keepsWhatItHasWhenTablesAreBroughtUpToDate() {
        try (Database<Sql> database = open(url, FIRST)) {
            database.change(sql -> sql.update("INSERT INTO things (name) VALUES ('old')"));
        }
        try (Database<Sql> database = open(url, THINGS)) {
            database.change(sql -> sql.update("INSERT INTO owners (thing) VALUES ('old')"));
            assertThat(database.<List<String>>read(DatabaseTest::names)).containsExactly("old");
        }
    }

    @Test
    void aChangeThatThrowsLeavesNothingBehind() {
        try (Database<Sql> database = open(url, THINGS)) {
            assertThatThrownBy(() -> database.change(sql -> {
                        add(sql, "one");
                        throw new IllegalStateException("planned");
                    }))
                    .hasMessage("planned");
            assertThat(database.<List<String>>read(DatabaseTest::names)).isEmpty();
        }
    }

    /** As SQLite does where a commit finds no room on the disk. */
    @Test
    void whyAChangeFailedIsSaidWhereItIsUndoneAlready() {
        try (Database<Sql> database = open(url, THINGS)) {
            assertThatThrownBy(() -> database.change(sql -> {
                        add(sql, "one");
                        sql.update("ROLLBACK");
                        throw new SQLException("no room", "53100", SQLITE_FULL);
                    }))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.STORAGE_FULL));
            assertThat(database.<List<String>>read(DatabaseTest::names)).isEmpty();
        }
    }

    /** SQLite leaves the transaction open then, PostgreSQL has ended it. */
    @Test
    void aChangeThatCannotBeCommittedLeavesNothingBehind() {
        try (Database<Sql> database = open(url, THINGS)) {
            database.change(sql -> sql.update(
                    "CREATE TABLE late (thing TEXT REFERENCES things (name) DEFERRABLE INITIALLY DEFERRED)"));
            for (int i = 0; i < 9; i++) {
                assertThatThrownBy(() -> database.change(sql -> {
                            add(sql, "one");
                            return sql.update("INSERT INTO late (thing) VALUES ('none')");
                        }))
                        .isInstanceOfSatisfying(
                                ForetokenException.class,
                                e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR))
                        .hasMessageEndingWith("nothing was changed");
            }
            assertThat(database.<List<String>>read(DatabaseTest::names)).isEmpty();
        }
    }

    @Test
    void ofAConnectionThatBreaksInACommitItIsSaidThatNobodyKnows() throws IOException {
        assumeTrue(kind == DatabaseKind.POSTGRESQL, "there is no wire to a file");
        try (CutWire wire = new CutWire(url);
                Database<Sql> database = open(wire.url(url), THINGS)) {
            wire.cutAfterCommitOf("INSERT INTO things");
            assertThatThrownBy(() -> database.change(sql -> {
                        add(sql, "one");
                        return true;
                    }))
                    .isInstanceOfSatisfying(ForetokenException.class, e -> {
                        assertThat(e.code()).isEqualTo(ErrorCode.REGISTRY_UNAVAILABLE);
                        assertThat(e.retryAfter())
                                .as("nothing is to be done twice unseen")
                                .isEmpty();
                    })
                    .hasMessageContaining("whether anything was changed is not known");
            assertThat(database.<List<String>>read(DatabaseTest::names)).containsExactly("one");
        }
    }

    @Test
    void aReaderSeesOneState() {
        try (Database<Sql> database = open(url, THINGS);
                ExecutorService writer = Executors.newSingleThreadExecutor()) {
            database.read(sql -> {
                assertThat(names(sql)).isEmpty();
                assertThat(writer.submit(() ->
                                database.change(later -> later.update("INSERT INTO things (name) VALUES ('later')"))))
                        .succeedsWithin(Duration.ofMinutes(2));
                assertThat(names(sql)).isEmpty();
                return true;
            });
            assertThat(database.<List<String>>read(DatabaseTest::names)).containsExactly("later");
        }
    }

    @Test
    void writersWithOneLockTakeTurns() throws Exception {
        try (Database<Sql> database = open(url, THINGS);
                Database<Sql> other = open(url, THINGS);
                ExecutorService threads = Executors.newFixedThreadPool(6)) {
            List<Future<?>> writers = new ArrayList<>();
            for (int i = 0; i < 6; i++) {
                Database<Sql> mine = i % 2 == 0 ? database : other;
                writers.add(threads.submit(() -> {
                    for (int j = 0; j < 10; j++) {
                        mine.change(sql -> addNext(sql));
                    }
                }));
            }
            for (Future<?> writer : writers) {
                writer.get();
            }
            assertThat(database.<List<String>>read(DatabaseTest::names)).hasSize(60);
        }
    }

    /** Two that count at once would choose one name. */
    private static int addNext(Sql sql) throws SQLException {
        sql.lock("things");
        add(sql, "thing" + names(sql).size());
        return 1;
    }

    @Test
    void theDatabaseHoldsReferences() {
        try (Database<Sql> database = open(url, THINGS)) {
            assertThatThrownBy(() -> database.change(sql -> sql.update("INSERT INTO owners (thing) VALUES ('none')")))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR))
                    .hasMessageStartingWith("the database of things refused a statement");
        }
    }

    @Test
    void ownersOfTablesMeetInOneDatabase() {
        try (Database<Sql> things = open(url, THINGS);
                Database<Sql> others = open(url, OTHERS);
                Database<Sql> again = open(url, THINGS)) {
            things.change(sql -> sql.update("INSERT INTO things (name) VALUES ('one')"));
            others.change(sql -> sql.update("INSERT INTO others (name) VALUES ('two')"));
            assertThat(again.<List<String>>read(DatabaseTest::names)).containsExactly("one");
        }
    }

    @Test
    void refusesTablesOfANewerProgram() {
        open(url, THINGS).close();
        assertThatThrownBy(() -> open(url, FIRST))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining("the tables of the database of things have version 2, this program knows 1");
    }

    @Test
    void manyThatOpenAnEmptyDatabaseAtOnceAllFindTables() throws Exception {
        try (ExecutorService threads = Executors.newFixedThreadPool(4)) {
            List<Future<Integer>> opened = new ArrayList<>();
            for (int i = 0; i < 4; i++) {
                Tables tables = i % 2 == 0 ? THINGS : OTHERS;
                opened.add(threads.submit(() -> {
                    try (Database<Sql> database = open(url, tables)) {
                        String table = tables == THINGS ? "owners" : "others";
                        return database.read(sql ->
                                sql.list("SELECT * FROM " + table, row -> true).size());
                    }
                }));
            }
            for (Future<Integer> rows : opened) {
                assertThat(rows.get()).isZero();
            }
        }
    }

    @Test
    void saysWhatTheDatabaseRefusesAndNoPassword(@TempDir Path folder) throws IOException {
        String refused = switch (kind) {
            case SQLITE -> "jdbc:sqlite:" + Files.writeString(folder.resolve("other.db"), "text\n".repeat(1000));
            case POSTGRESQL -> url.replaceFirst("user=[^&]*", "user=nobody") + "&password=sEcReT";
        };
        assertThatThrownBy(() -> open(refused, THINGS))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining(kind == DatabaseKind.SQLITE ? "is no SQLite file" : "the user or the password")
                .hasMessageNotContaining("sEcReT");
    }

    @Test
    void saysThatThereIsNoSuchDatabase() {
        assumeTrue(kind == DatabaseKind.POSTGRESQL);

        assertThatThrownBy(() -> open(url.replaceFirst("/r[0-9a-f]{32}", "/missing"), THINGS))
                .hasMessageContaining("is not on the server");
    }
}
