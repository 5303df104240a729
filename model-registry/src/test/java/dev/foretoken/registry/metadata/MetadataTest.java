package dev.foretoken.registry.metadata;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.database.DatabaseKind;
import dev.foretoken.registry.name.VariantRef;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(DatabaseKind.class)
class MetadataTest {
    private final String url;
    private Metadata metadata;

    MetadataTest(DatabaseKind kind, @TempDir Path folder) {
        this.url = kind.url(folder);
        this.metadata = Metadata.open(url);
    }

    @BeforeEach
    void opened() {
        assertThat(metadata.revision()).isZero();
    }

    @AfterEach
    void close() {
        metadata.close();
    }

    @Test
    void keepsWhatItWasToldWhenOpenedAgain() {
        VariantRef base = SampleRows.version(metadata, "toy");
        metadata.change(session -> {
            session.aliases().put("prod", base, SampleRows.NOON);
            session.measurements().add(base, SampleRows.good());
            return true;
        });
        metadata.close();
        metadata = Metadata.open(url);

        assertThat(metadata.<VariantRow>read(
                        session -> session.variants().find(base).orElseThrow()))
                .isEqualTo(SampleRows.variant(base, "files of toy@1/base"));
        assertThat(metadata.<List<AliasTarget>>read(session -> session.aliases().ofModel("toy")))
                .containsExactly(new AliasTarget("prod", base, SampleRows.NOON));
        assertThat(metadata.<Object>read(session -> session.measurements().of(base)))
                .isEqualTo(List.of(SampleRows.good()));
        assertThat(metadata.revision()).isEqualTo(2);
    }

    @Test
    void aChangeThatThrowsLeavesNothingBehind() {
        assertThatThrownBy(() -> metadata.change(session -> {
                    session.models().addVersion("toy", SampleRows.NOON);
                    throw new IllegalStateException("planned");
                }))
                .hasMessage("planned");
        assertThat(metadata.<List<String>>read(session -> session.models().names()))
                .isEmpty();
        assertThat(metadata.revision()).isZero();
    }

    @Test
    void aReaderSeesOneStateWhileAWriterChangesIt() {
        SampleRows.version(metadata, "toy");
        metadata.read(session -> {
            assertThat(session.models().versions("toy")).hasSize(1);
            inAnotherThread(() -> SampleRows.version(metadata, "toy"));
            assertThat(session.models().versions("toy")).hasSize(1);
            assertThat(session.revision()).isEqualTo(1);
            return true;
        });
        assertThat(metadata.revision()).isEqualTo(2);
    }

    @Test
    void manyWritersCountVersionsWithoutGapsOrTwins() throws Exception {
        int writers = 6;
        int each = 10;
        try (ExecutorService threads = Executors.newFixedThreadPool(writers);
                Metadata other = Metadata.open(url)) {
            List<Future<List<Integer>>> made = new ArrayList<>();
            for (int w = 0; w < writers; w++) {
                Metadata mine = w % 2 == 0 ? metadata : other;
                made.add(threads.submit(() -> IntStream.range(0, each)
                        .mapToObj(i -> SampleRows.version(mine, "toy").version())
                        .toList()));
            }
            List<Integer> versions = new ArrayList<>();
            for (Future<List<Integer>> future : made) {
                versions.addAll(future.get());
            }
            assertThat(versions)
                    .containsExactlyInAnyOrderElementsOf(
                            IntStream.rangeClosed(1, writers * each).boxed().toList());
        }
        assertThat(metadata.revision()).isEqualTo(writers * each);
    }

    @Test
    void aNumberIsGivenOnce() {
        VariantRef first = SampleRows.version(metadata, "toy");
        metadata.change(session -> {
            session.variants().remove(first);
            session.models().removeVersion("toy", 1);
            return true;
        });
        assertThat(metadata.<List<String>>read(session -> session.models().names()))
                .isEmpty();
        assertThat(SampleRows.version(metadata, "toy").version()).isEqualTo(2);
    }

    @Test
    void theDatabaseItselfKeepsWhatAnAliasPointsAt() {
        VariantRef base = SampleRows.version(metadata, "toy");
        metadata.change(session -> {
            session.aliases().put("prod", base, SampleRows.NOON);
            return true;
        });
        assertThatThrownBy(() -> metadata.change(session -> {
                    session.variants().remove(base);
                    return true;
                }))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INTERNAL_ERROR));
        assertThat(metadata.<Optional<VariantRow>>read(
                        session -> session.variants().find(base)))
                .isPresent();
    }

    @Test
    void autoHoldsTheVersionAndNoVariant() {
        VariantRef base = SampleRows.version(metadata, "toy");
        metadata.change(session -> {
            session.aliases().put("prod", VariantRef.auto("toy", 1), SampleRows.NOON);
            session.variants().remove(base);
            return true;
        });
        assertThat(metadata.<List<AliasTarget>>read(session -> session.aliases().ofModel("toy")))
                .extracting(AliasTarget::target)
                .containsExactly(VariantRef.auto("toy", 1));
        assertThatThrownBy(() -> metadata.change(session -> {
                    session.models().removeVersion("toy", 1);
                    return true;
                }))
                .isInstanceOf(ForetokenException.class);
    }

    @Test
    void movesOfAliasesAreKeptNewestFirst() {
        VariantRef one = SampleRows.version(metadata, "toy");
        VariantRef two = SampleRows.version(metadata, "toy");
        AliasMove made = new AliasMove("prod", SampleRows.NOON, Optional.empty(), Optional.of(one), "first");
        AliasMove moved = new AliasMove("prod", SampleRows.NOON, Optional.of(one), Optional.of(two), "");
        AliasMove gone = new AliasMove("prod", SampleRows.NOON, Optional.of(two), Optional.empty(), "no more");
        for (AliasMove move : List.of(made, moved, gone)) {
            metadata.change(session -> {
                session.aliases().note("toy", move);
                return true;
            });
        }
        assertThat(metadata.<List<AliasMove>>read(session -> session.aliases().moves("toy", 10)))
                .containsExactly(gone, moved, made);
        assertThat(metadata.<List<AliasMove>>read(session -> session.aliases().moves("toy", 1)))
                .containsExactly(gone);
    }

    @Test
    void notesBumpNoRevision() {
        metadata.note(session -> session.jobs().find(1));
        assertThat(metadata.revision()).isZero();
    }

    private static void inAnotherThread(Runnable work) {
        Thread thread = Thread.ofPlatform().start(work);
        try {
            thread.join();
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }
}
