package dev.foretoken.app.mount;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.gate.Gate;
import dev.foretoken.registry.measure.Measurement;
import dev.foretoken.registry.name.VariantRef;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class AutoChooserTest {

    private static final VariantDetail BASE = toy("base", Toys.measured(10, 90));
    private static final VariantDetail W8 = toy("w8", Toys.measured(10.2, 89));
    private static final VariantDetail Q4 = toy("q4", Toys.measured(12, 70));
    private static final VariantDetail NEW = toy("new");
    private static final List<VariantDetail> ALL = List.of(BASE, Q4, W8, NEW);

    private static VariantDetail toy(String variant, Measurement... measured) {
        return Toys.variant(new VariantRef("toy", 3, variant), Map.of(), measured);
    }

    private static AutoChooser fitting(Optional<Gate> floor, String... fitting) {
        return new AutoChooser(
                floor,
                variant -> List.of(fitting).contains(variant.ref().variant())
                        ? Optional.empty()
                        : Optional.of("it needs 9 MiB"));
    }

    @Test
    void takesTheLowestPerplexityOfThoseThatFit() {
        assertThat(fitting(Optional.empty(), "base", "w8", "q4").choose(ALL).chosen())
                .isEqualTo(BASE);
        AutoChoice choice = fitting(Optional.empty(), "w8", "q4").choose(ALL);
        assertThat(choice.chosen()).isEqualTo(W8);
        assertThat(choice.passedOver())
                .containsEntry("base", "it needs 9 MiB")
                .containsEntry("new", "it was not measured")
                .containsEntry("q4", "perplexity 12.00 is not the lowest");
        assertThat(choice.sentence()).startsWith("toy@3/w8, perplexity 10.20, 89 of 100 questions right");
    }

    @Test
    void takesNothingBelowTheFloor() {
        Optional<Gate> floor = Optional.of(Gate.of(Map.of("max-perplexity-increase", 0.05)));
        assertThat(fitting(floor, "w8", "q4").choose(ALL).chosen()).isEqualTo(W8);
        assertThatThrownBy(() -> fitting(floor, "q4").choose(ALL))
                .hasMessageContaining("no variant can be chosen for toy@3/auto")
                .hasMessageContaining("q4: max-perplexity-increase: 0.2000 is above 0.05")
                .hasMessageContaining("base: it needs 9 MiB");
        Optional<Gate> answers = Optional.of(Gate.of(Map.of("min-qa-retention", 0.9)));
        assertThatThrownBy(() -> fitting(answers, "q4").choose(List.of(BASE, Q4)))
                .hasMessageContaining("q4: min-qa-retention");
    }

    @Test
    void takesTheImportedOneWhereNothingWasMeasured() {
        List<VariantDetail> unmeasured = List.of(toy("base"), toy("q4"));
        AutoChoice choice = fitting(Optional.empty(), "base", "q4").choose(unmeasured);
        assertThat(choice.chosen().ref().isBase()).isTrue();
        assertThat(choice.because()).contains("none was measured");
        assertThatThrownBy(() -> fitting(Optional.empty(), "q4").choose(unmeasured))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.INSUFFICIENT_MEMORY));
    }

    @Test
    void doesNotCompareWhatWasMeasuredWithOtherTexts() {
        Measurement other = new Measurement(
                W8.measurement().orElseThrow().measuredAt(),
                "test",
                "test",
                "other set",
                "base",
                Toys.measured(1, 100).quality(),
                Toys.measured(1, 100).footprint(),
                Toys.measured(1, 100).speed());
        AutoChoice choice = fitting(Optional.empty(), "base", "w8").choose(List.of(BASE, toy("w8", other)));
        assertThat(choice.chosen()).isEqualTo(BASE);
        assertThat(choice.passedOver().get("w8")).contains("other texts");
    }
}
