package dev.foretoken.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.database.DatabaseKind;
import dev.foretoken.registry.metadata.Assignment;
import dev.foretoken.registry.metadata.Metadata;
import dev.foretoken.registry.metadata.SampleRows;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.DriverManager;
import java.util.List;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(DatabaseKind.class)
class RegistryAssignmentTest {
    private final String url;
    private final Registry registry;
    private final Metadata metadata;
    private final VariantRef one;

    RegistryAssignmentTest(DatabaseKind kind, @TempDir Path home) {
        url = kind.url(home);
        registry = Registry.open(RegistryConfig.at(home).withMetadata(url));
        metadata = Metadata.open(url);
        one = SampleRows.version(metadata, "toy");
        SampleRows.sibling(metadata, one, "q4");
    }

    @AfterEach
    void close() {
        metadata.close();
        registry.close();
    }

    @Test
    void keepsWhatAGroupWasGivenInItsOrderUntilItIsGivenSomethingElse() {
        registry.setAlias("toy", "prod", Reference.parse("toy@1"), "");
        long before = registry.revision();
        assign("cpu", "toy@1/q4", "toy:prod");
        assign("big", "toy@1/auto");
        assertThat(registry.revision()).isEqualTo(before + 2);
        assertThat(registry.assignment("cpu")).isEqualTo(of("cpu", "toy@1/q4", "toy:prod"));
        assertThat(registry.assignments()).containsExactly(of("big", "toy@1/auto"), of("cpu", "toy@1/q4", "toy:prod"));

        assign("cpu", "toy@1");
        assign("big");
        assertThat(registry.assignments()).containsExactly(of("cpu", "toy@1"));
        assertThat(registry.assignment("big").references()).isEmpty();
    }

    @Test
    void refusesWhatIsNotThereWhatChangesByItselfAndWhatIsGivenTwice() {
        refuses(() -> assign("cpu", "tyo@1"), ErrorCode.MODEL_NOT_FOUND, "no model 'tyo'");
        refuses(() -> assign("cpu", "toy:prod"), ErrorCode.MODEL_NOT_FOUND, "no alias 'prod'");
        refuses(() -> assign("cpu", "toy"), ErrorCode.INVALID_REQUEST, "toy names no version");
        refuses(() -> assign("cpu", "toy@1", "toy@1"), ErrorCode.INVALID_REQUEST, "twice");
        refuses(() -> assign("No Group", "toy@1"), ErrorCode.INVALID_REQUEST, "no name for a group");
        String[] many = IntStream.range(0, 65).mapToObj(i -> "toy:a" + i).toArray(String[]::new);
        refuses(() -> assign("cpu", many), ErrorCode.INVALID_REQUEST, "at most 64");
        assertThat(registry.assignments()).isEmpty();
    }

    @Test
    void whatPodsServeIsNotRemoved() {
        registry.setAlias("toy", "prod", Reference.parse("toy@1"), "");
        assign("cpu", "toy@1/q4", "toy:prod");
        refuses(() -> registry.removeVariant(one.sibling("q4")), ErrorCode.REGISTRY_CONFLICT, "group cpu serve");
        refuses(() -> registry.removeAlias("toy", "prod", ""), ErrorCode.REGISTRY_CONFLICT, "group cpu serve");
        assign("cpu", "toy@1/q4");
        registry.removeAlias("toy", "prod", "");
        refuses(() -> registry.removeVersion("toy", 1), ErrorCode.REGISTRY_CONFLICT, "group cpu serve");
        assign("cpu");
        registry.removeVersion("toy", 1);
        assertThat(registry.models()).isEmpty();
    }

    /** Tables that an earlier program made get the new one. */
    @Test
    void anOlderDatabaseIsBroughtUpToDate() throws Exception {
        try (Connection connection = DriverManager.getConnection(url);
                var statement = connection.createStatement()) {
            statement.execute("DROP TABLE assignments");
            statement.execute("DELETE FROM registry_migrations WHERE version = '2'");
        }
        try (Metadata again = Metadata.open(url)) {
            assertThat(again.<Object>read(session -> session.assignments().all()))
                    .isEqualTo(List.of());
        }
        assign("cpu", "toy@1");
        assertThat(registry.assignments()).containsExactly(of("cpu", "toy@1"));
    }

    private void assign(String group, String... references) {
        registry.assign(of(group, references));
    }

    private static Assignment of(String group, String... references) {
        return new Assignment(group, Stream.of(references).map(Reference::parse).toList());
    }

    private static void refuses(ThrowingCallable call, ErrorCode code, String sentence) {
        assertThatThrownBy(call).isInstanceOfSatisfying(ForetokenException.class, refusal -> {
            assertThat(refusal.code()).isEqualTo(code);
            assertThat(refusal).hasMessageContaining(sentence);
        });
    }
}
