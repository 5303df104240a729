package dev.foretoken.batch.store;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.database.DatabaseKind;
import dev.foretoken.database.Work;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class BatchStoreTest {

    private static final Instant NOW = Instant.parse("2026-01-02T03:04:05Z");

    @TempDir
    Path folder;

    private final AtomicInteger made = new AtomicInteger();
    private BatchStore store;
    private String url;

    @AfterEach
    void close() {
        store.close();
    }

    private void open(DatabaseKind kind) {
        url = kind.url(folder);
        reopen();
    }

    private void reopen() {
        if (store != null) {
            store.close();
        }
        store = BatchStore.open(folder, url, () -> "%032x".formatted(made.incrementAndGet()));
    }

    private StoredFile file(String tenant, String text) {
        try (Incoming incoming = store.receive(1000)) {
            byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
            incoming.write(bytes, 0, bytes.length);
            StoredFile file = new StoredFile(
                    store.place(incoming),
                    tenant,
                    StoredFile.INPUT,
                    "requests.jsonl",
                    incoming.bytes(),
                    NOW,
                    Optional.of(NOW.plusSeconds(60)));
            store.change(session -> {
                session.files().add(file);
                return file;
            });
            return file;
        }
    }

    private Job job(String tenant, StoredFile input) {
        String id = store.newId("batch_");
        Job.Order order = new Job.Order(
                input.id(),
                BatchEndpoint.CHAT_COMPLETIONS,
                "24h",
                Map.of("who", "me \"and\" you"),
                Optional.of(Duration.ofHours(2)),
                NOW,
                NOW.plus(Duration.ofDays(1)));
        return store.change(session -> {
            session.jobs().add(id, tenant, order);
            return session.jobs().find(id).orElseThrow();
        });
    }

    private Job taken(Job job, String owner, Instant now) {
        return store.change(session -> {
            assertThat(session.jobs().take(job, owner, now, now.plusSeconds(30)))
                    .isTrue();
            return session.jobs().find(job.id()).orElseThrow();
        });
    }

    private Object seen(Work<Session, ?> work) {
        return store.read(work);
    }

    private Job found(Job job) {
        return store.read(session -> session.jobs().find(job.id())).orElseThrow();
    }

    @ParameterizedTest
    @EnumSource
    void filesOutliveTheProcess(DatabaseKind kind) throws IOException {
        open(kind);
        StoredFile file = file("a", "hello");
        reopen();
        assertThat(seen(session -> session.files().find(file.id()))).isEqualTo(Optional.of(file));
        try (InputStream in = store.read(file.id())) {
            assertThat(in.readAllBytes()).asString(StandardCharsets.UTF_8).isEqualTo("hello");
        }
        assertThat(seen(session -> session.files().use("a"))).isEqualTo(new FileTable.Use(1, 5));
        assertThat(seen(session -> session.files().use("b"))).isEqualTo(new FileTable.Use(0, 0));
    }

    @ParameterizedTest
    @EnumSource
    void pagesGoBothWaysAndKeepToTheTenant(DatabaseKind kind) {
        open(kind);
        StoredFile first = file("a", "1");
        file("b", "other");
        StoredFile second = file("a", "2");
        StoredFile third = file("a", "3");
        assertThat(page(Optional.empty(), true, 2)).containsExactly(third, second);
        assertThat(page(Optional.of(second.id()), true, 2)).containsExactly(first);
        assertThat(page(Optional.of(first.id()), false, 5)).containsExactly(second, third);
        assertThat(seen(session -> session.files()
                        .page(new FileTable.Page("a", Optional.of(StoredFile.OUTPUT), Optional.empty(), true, 9), NOW)))
                .isEqualTo(List.of());
    }

    private List<StoredFile> page(Optional<String> after, boolean newestFirst, int most) {
        return store.read(session -> session.files()
                .page(new FileTable.Page("a", Optional.of(StoredFile.INPUT), after, newestFirst, most), NOW));
    }

    @ParameterizedTest
    @EnumSource
    void aJobIsReadAsItWasWritten(DatabaseKind kind) {
        open(kind);
        Job job = taken(job("a", file("a", "x")), "me", NOW);
        Job.Flaw flaw = new Job.Flaw("duplicate", "twice", 2, null);
        Job.Status end = new Job.Status(
                JobState.EXPIRED,
                Optional.of("m"),
                new Job.Counts(3, 1, 2),
                Optional.of(new Job.Usage(40, 30, 20, 10)),
                List.of(flaw),
                Optional.of("file-o"),
                Optional.empty());
        store.change(session -> {
            assertThat(session.jobs().begin(job.id(), job.lease(), 3, "m", NOW.plusSeconds(1)))
                    .isTrue();
            return session.jobs().end(job.id(), job.lease(), end, NOW.plusSeconds(5));
        });
        reopen();
        Job read = found(job);
        assertThat(read.status()).isEqualTo(end);
        assertThat(read.order()).isEqualTo(job.order());
        assertThat(read.entered())
                .isEqualTo(Map.of(
                        JobState.VALIDATING, NOW,
                        JobState.IN_PROGRESS, NOW.plusSeconds(1),
                        JobState.EXPIRED, NOW.plusSeconds(5)));
        assertThat(seen(session -> session.jobs().open(9))).isEqualTo(List.of());
    }

    @ParameterizedTest
    @EnumSource
    void whoHasLostTheLeaseChangesNothing(DatabaseKind kind) {
        open(kind);
        Job job = job("a", file("a", "x"));
        Job mine = taken(job, "me", NOW);
        Instant later = NOW.plusSeconds(30);
        Job.Status failed = new Job.Status(
                JobState.FAILED,
                Optional.empty(),
                Job.Counts.NONE,
                Optional.empty(),
                List.of(),
                Optional.empty(),
                Optional.empty());
        store.change(session -> {
            assertThat(session.jobs().take(mine, "other", later.minusMillis(1), later))
                    .isFalse();
            assertThat(session.jobs().take(mine, "other", later, later.plusSeconds(30)))
                    .isTrue();
            assertThat(session.jobs().begin(job.id(), mine.lease(), 1, "m", later))
                    .isFalse();
            assertThat(session.jobs().beat(job.id(), mine.lease(), Job.Counts.NONE))
                    .isFalse();
            assertThat(session.jobs().giveBack(job.id(), mine.lease())).isFalse();
            assertThat(session.jobs().end(job.id(), mine.lease(), failed, later))
                    .isFalse();
            return true;
        });
        assertThat(found(job).lease().owner()).isEqualTo("other");
    }

    @ParameterizedTest
    @EnumSource
    void aCancelledJobDoesNotBegin(DatabaseKind kind) {
        open(kind);
        Job mine = taken(job("a", file("a", "x")), "me", NOW);
        store.change(session -> {
            assertThat(session.jobs().cancel(mine.id(), NOW)).isTrue();
            assertThat(session.jobs().cancel(mine.id(), NOW)).isFalse();
            assertThat(session.jobs().begin(mine.id(), mine.lease(), 1, "m", NOW))
                    .isFalse();
            return session.jobs().finalizing(mine.id(), mine.lease(), Job.Counts.NONE, NOW);
        });
        assertThat(found(mine).state()).isEqualTo(JobState.CANCELLING);
    }

    @ParameterizedTest
    @EnumSource
    void whatThrowsUndoesAll(DatabaseKind kind) {
        open(kind);
        StoredFile file = file("a", "x");
        assertThatThrownBy(() -> store.change(session -> {
                    session.files().remove(file.id());
                    throw new IllegalStateException("no");
                }))
                .hasMessage("no");
        assertThat(seen(session -> session.files().find(file.id()))).isEqualTo(Optional.of(file));
    }

    @ParameterizedTest
    @EnumSource
    void overIsWhoseTimeIsOverAndWhichNobodyReads(DatabaseKind kind) {
        open(kind);
        StoredFile idle = file("a", "x");
        StoredFile read = file("a", "y");
        Job job = job("a", read);
        Instant end = NOW.plusSeconds(60);
        assertThat(seen(session -> session.files().over(end.minusMillis(1), 9))).isEqualTo(List.of());
        assertThat(seen(session -> session.files().over(end, 9))).isEqualTo(List.of(idle.id()));
        assertThat(seen(session -> session.jobs().reader(read.id()))).isEqualTo(Optional.of(job.id()));
        assertThat(seen(session -> session.jobs().reader(idle.id()))).isEqualTo(Optional.empty());
    }

    @Test
    void aFileBeyondTheLimitIsRefusedAndLeavesNothing() throws IOException {
        open(DatabaseKind.SQLITE);
        try (Incoming incoming = store.receive(3)) {
            incoming.write(new byte[3], 0, 3);
            assertThatThrownBy(() -> incoming.write(1))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.PAYLOAD_TOO_LARGE))
                    .hasMessageContaining("larger than 3 bytes");
        }
        assertThat(Files.list(folder.resolve("incoming"))).isEmpty();
    }

    @Test
    void aSecondProcessIsRefusedTheFolder() {
        open(DatabaseKind.SQLITE);
        assertThatThrownBy(() -> BatchStore.open(folder, url, () -> "0".repeat(32)))
                .isInstanceOf(ForetokenException.class)
                .hasMessageContaining("another process uses the folder");
    }

    /** A copy of the folder has its name too, and a link to the database another. */
    @Test
    void aSecondProcessIsRefusedTheDatabase() throws IOException {
        open(DatabaseKind.SQLITE);
        Path copy = Files.createDirectory(folder.resolve("copy"));
        Files.copy(folder.resolve("name"), copy.resolve("name"));
        Path file = Path.of(url.substring("jdbc:sqlite:".length()));
        Path link = Files.createSymbolicLink(copy.resolve("link.db"), file);
        for (Path way : List.of(file, link)) {
            assertThatThrownBy(() -> BatchStore.open(copy, "jdbc:sqlite:" + way, () -> "0".repeat(32)))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                    .hasMessageContaining("another process uses the database");
        }
        store.close();
        BatchStore.open(copy, url, () -> "0".repeat(32)).close();
    }

    @Test
    void aStoreThatCouldNotBeOpenedKeepsNothing() throws IOException {
        open(DatabaseKind.SQLITE);
        store.close();
        Path damaged = Files.writeString(folder.resolve("damaged.db"), "text\n".repeat(1000));
        for (int i = 0; i < 2; i++) {
            assertThatThrownBy(() -> BatchStore.open(folder, "jdbc:sqlite:" + damaged, () -> "0".repeat(32)))
                    .hasMessageContaining("is no SQLite file");
        }
        Path nowhere = folder.resolve("nowhere").resolve("batch.db");
        assertThatThrownBy(() -> BatchStore.open(folder, "jdbc:sqlite:" + nowhere, () -> "0".repeat(32)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining("the database of batches cannot be made");
        reopen();
    }

    /** Errors of a disk come as the directory is opened, or later as it is read. */
    @Test
    void aDirectoryThatFailsWhileItIsReadIsNoDamage() {
        open(DatabaseKind.SQLITE);
        for (Blobs.Listing listing : List.<Blobs.Listing>of(
                () -> {
                    throw new IOException("Stale file handle");
                },
                () -> Stream.of(folder).map(path -> {
                    throw new UncheckedIOException(new IOException("Input/output error"));
                }))) {
            assertThatThrownBy(() -> Blobs.listed(listing))
                    .isInstanceOfSatisfying(
                            ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR));
        }
    }

    @ParameterizedTest
    @EnumSource
    void anotherFolderOfTheSameDatabaseIsRefused(DatabaseKind kind) {
        open(kind);
        StoredFile file = file("a", "x");
        store.close();
        refusesTheFolder(folder.resolve("other"), url);
        reopen();
        assertThat(store.path(file)).exists();
    }

    @ParameterizedTest
    @EnumSource
    void aFolderOfAnotherDatabaseIsRefused(DatabaseKind kind) {
        open(kind);
        file("a", "x");
        store.close();
        refusesTheFolder(folder, kind.url(folder));
    }

    private void refusesTheFolder(Path place, String database) {
        assertThatThrownBy(() -> BatchStore.open(place, database, () -> "0".repeat(32)))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining("the same folder");
    }

    /** A process may end after the folder has its name and before the database knows it. */
    @Test
    void anEmptyFolderWithANameBecomesTheDatabases() {
        open(DatabaseKind.SQLITE);
        store.close();
        url = DatabaseKind.SQLITE.url(folder);
        reopen();
        reopen();
        assertThat(store.path(file("a", "x"))).exists();
    }

    @Test
    void whatTheLastProcessHeldIsFreeAtOnce() {
        open(DatabaseKind.SQLITE);
        Job mine = taken(job("a", file("a", "x")), "me", NOW);
        reopen();
        assertThat(found(mine).lease().owner()).isEmpty();
        assertThat(found(mine).lease().attempt()).isEqualTo(1);
    }

    @Test
    void sweepingTakesWhatNoRowNames() throws IOException {
        open(DatabaseKind.SQLITE);
        StoredFile known = file("a", "x");
        Job open = job("a", known);
        store.journal(open.id(), 1).close();
        store.journal("batch_gone", 1).close();
        try (Incoming orphan = store.receive(9)) {
            store.place(orphan);
        }
        store.sweep(Instant.now(), Duration.ofHours(1));
        assertThat(Files.list(folder.resolve("files"))).hasSize(2);
        store.sweep(Instant.now().plus(Duration.ofHours(2)), Duration.ofHours(1));
        assertThat(Files.list(folder.resolve("files"))).containsExactly(store.path(known));
        assertThat(Files.list(folder.resolve("journals")))
                .containsExactly(folder.resolve("journals").resolve(open.id()));
    }

    @Test
    void otherDatabasesAreRefusedBeforeAnythingIsMade() {
        open(DatabaseKind.SQLITE);
        Path other = folder.resolve("other");
        assertThatThrownBy(() -> BatchStore.open(other, "jdbc:oracle:x", () -> "0".repeat(32)))
                .hasMessageContaining("jdbc:sqlite:FILE or jdbc:postgresql://HOST/NAME");
        assertThat(other).doesNotExist();
    }
}
