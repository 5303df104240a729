package dev.foretoken.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.database.DatabaseKind;
import dev.foretoken.registry.gate.Gate;
import dev.foretoken.registry.metadata.AliasMove;
import dev.foretoken.registry.metadata.Metadata;
import dev.foretoken.registry.metadata.SampleRows;
import dev.foretoken.registry.name.Reference;
import dev.foretoken.registry.name.VariantRef;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.provider.EnumSource;

@ParameterizedClass
@EnumSource(DatabaseKind.class)
class RegistryAliasTest {
    private final Registry registry;
    private final Metadata metadata;
    private final VariantRef one;
    private final VariantRef two;

    RegistryAliasTest(DatabaseKind kind, @TempDir Path home) {
        String url = kind.url(home);
        registry = Registry.open(RegistryConfig.at(home).withMetadata(url));
        metadata = Metadata.open(url);
        one = SampleRows.version(metadata, "toy");
        two = SampleRows.version(metadata, "toy");
    }

    @AfterEach
    void close() {
        metadata.close();
        registry.close();
    }

    @Test
    void resolvesEveryFormOfReference() {
        SampleRows.sibling(metadata, one, "q4");
        registry.setAlias("toy", "prod", Reference.parse("toy@1/q4"), "");
        assertThat(resolve("toy")).isEqualTo(two);
        assertThat(resolve("toy@1")).isEqualTo(one);
        assertThat(resolve("toy@1/q4")).isEqualTo(one.sibling("q4"));
        assertThat(resolve("toy:prod")).isEqualTo(one.sibling("q4"));
        assertThat(resolve("toy@2/auto")).isEqualTo(VariantRef.auto("toy", 2));
    }

    @Test
    void saysWhatExistsInsteadOfWhatIsMissing() {
        registry.setAlias("toy", "prod", Reference.parse("toy@1"), "");
        refuses(() -> resolve("tyo"), ErrorCode.MODEL_NOT_FOUND, "no model 'tyo'; there is only toy");
        refuses(() -> resolve("toy@7"), ErrorCode.MODEL_NOT_FOUND, "no version 7; there are 1, 2");
        refuses(() -> resolve("toy@7/auto"), ErrorCode.MODEL_NOT_FOUND, "no version 7; there are 1, 2");
        refuses(() -> resolve("toy@1/q4"), ErrorCode.MODEL_NOT_FOUND, "no variant 'q4'; there is only base");
        refuses(() -> resolve("toy:beta"), ErrorCode.MODEL_NOT_FOUND, "no alias 'beta'; there is only prod");
        refuses(() -> resolve("other:beta"), ErrorCode.MODEL_NOT_FOUND, "no model 'other'");
    }

    @Test
    void anAliasMovesAndItsHistoryStays() {
        long before = registry.revision();
        registry.setAlias("toy", "prod", Reference.parse("toy@1"), "first");
        AliasChange moved = registry.setAlias("toy", "prod", Reference.parse("toy"), "newer");
        registry.removeAlias("toy", "prod", "enough");
        assertThat(moved.from()).contains(one);
        assertThat(moved.to()).isEqualTo(two);
        assertThat(registry.revision()).isEqualTo(before + 3);
        assertThat(registry.model("toy").aliases()).isEmpty();
        assertThat(registry.model("toy").moves())
                .extracting(AliasMove::from, AliasMove::to, AliasMove::why)
                .containsExactly(
                        tuple(Optional.of(two), Optional.empty(), "enough"),
                        tuple(Optional.of(one), Optional.of(two), "newer"),
                        tuple(Optional.empty(), Optional.of(one), "first"));
    }

    @Test
    void anAliasStaysInItsModel() {
        SampleRows.version(metadata, "other");
        refuses(
                () -> registry.setAlias("toy", "prod", Reference.parse("other@1"), ""),
                ErrorCode.INVALID_REQUEST,
                "cannot point at other@1");
    }

    @Test
    void aGateRefusesWhatFailsItAndNothingMoves() {
        VariantRef q4 = SampleRows.sibling(metadata, one, "q4");
        registry.setAlias("toy", "prod", Reference.parse("toy@1"), "");
        registry.setGate("toy", Optional.of(Gate.of(Map.of("max-perplexity-increase", 0.05))));
        refuses(() -> prod(q4), ErrorCode.GATE_REFUSED, "toy:prod may not point at toy@1/q4: it was not measured");
        registry.addMeasurement(q4, SampleRows.measurement(12, 0.1, 0.9, 900));
        refuses(() -> prod(q4), ErrorCode.GATE_REFUSED, "the version's base was not measured");
        registry.addMeasurement(one, SampleRows.good());
        long before = registry.revision();
        refuses(() -> prod(q4), ErrorCode.GATE_REFUSED, "max-perplexity-increase: 0.2000 is above 0.05000");
        assertThat(registry.revision()).isEqualTo(before);
        assertThat(resolve("toy:prod")).isEqualTo(one);

        registry.addMeasurement(q4, SampleRows.measurement(10.1, 0.1, 0.9, 900));
        assertThat(prod(q4).verdict().orElseThrow().passes()).isTrue();
        assertThat(resolve("toy:prod")).isEqualTo(q4);
    }

    @Test
    void withoutAGateEverythingMayBePointedAt() {
        registry.setGate("toy", Optional.of(Gate.of(Map.of("max-bytes", 1.0))));
        refuses(() -> prod(one), ErrorCode.GATE_REFUSED, "not measured");
        registry.setGate("toy", Optional.empty());
        assertThat(prod(one).verdict()).isEmpty();
    }

    @Test
    void autoNeedsOneVariantThatPasses() {
        VariantRef q4 = SampleRows.sibling(metadata, one, "q4");
        registry.setGate("toy", Optional.of(Gate.of(Map.of("max-bytes", 999_999.0))));
        registry.addMeasurement(one, SampleRows.good());
        refuses(
                () -> prod(VariantRef.auto("toy", 1)),
                ErrorCode.GATE_REFUSED,
                "no variant passes the gate (base: max-bytes: 1000000 is above 999999; q4: it was not measured)");
        registry.setGate("toy", Optional.of(Gate.of(Map.of("max-bytes", 1_000_000.0))));
        prod(VariantRef.auto("toy", 1));
        assertThat(resolve("toy:prod").isAuto()).isTrue();
        assertThat(registry.candidates("toy", 1))
                .extracting(VariantDetail::ref, VariantDetail::passes)
                .containsExactly(tuple(one, true), tuple(q4, false));
    }

    @Test
    void whatAnAliasReachesIsNotRemoved() {
        VariantRef q4 = SampleRows.sibling(metadata, one, "q4");
        prod(q4);
        refuses(() -> registry.removeVariant(q4), ErrorCode.REGISTRY_CONFLICT, "alias toy:prod points at");
        refuses(() -> registry.removeVersion("toy", 1), ErrorCode.REGISTRY_CONFLICT, "alias toy:prod points at");
        prod(VariantRef.auto("toy", 1));
        refuses(() -> registry.removeVersion("toy", 1), ErrorCode.REGISTRY_CONFLICT, "alias toy:prod points at");
        prod(two);
        registry.removeVariant(q4);
        registry.removeVersion("toy", 1);
        refuses(() -> registry.variant(q4), ErrorCode.MODEL_NOT_FOUND, "no version 1; there is only 2");
    }

    @Test
    void theBaseGoesOnlyWithItsVersion() {
        refuses(() -> registry.removeVariant(one), ErrorCode.REGISTRY_CONFLICT, "remove the whole version 1");
    }

    @Test
    void whatAJobBuildsFromIsNotRemoved() {
        VariantRef q4 = SampleRows.sibling(metadata, one, "q4");
        metadata.change(session -> session.jobs().add(q4, "q4-kv8", "{}", SampleRows.NOON));
        refuses(() -> registry.removeVariant(q4), ErrorCode.REGISTRY_CONFLICT, "job 1 builds from");
        refuses(() -> registry.removeVersion("toy", 1), ErrorCode.REGISTRY_CONFLICT, "job 1 builds from");
    }

    @Test
    void listsEveryModelInOneLine() {
        SampleRows.sibling(metadata, one, "q4");
        prod(one);
        assertThat(registry.models()).hasSize(1);
        ModelSummary toy = registry.models().getFirst();
        assertThat(toy.newest()).isEqualTo(2);
        assertThat(toy.versions()).isEqualTo(2);
        assertThat(toy.variants()).isEqualTo(3);
        assertThat(toy.aliases()).hasSize(1);
    }

    private VariantRef resolve(String text) {
        return registry.resolve(Reference.parse(text));
    }

    private AliasChange prod(VariantRef target) {
        return registry.setAlias("toy", "prod", new Reference.Exact(target), "");
    }

    private static void refuses(ThrowingCallable call, ErrorCode code, String message) {
        assertThatThrownBy(call)
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(code))
                .hasMessageContaining(message);
    }
}
