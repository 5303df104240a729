package dev.foretoken.app.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.contract.request.PrefillMode;
import dev.foretoken.contract.request.Repair;
import dev.foretoken.gateway.model.PrefillChoice;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PredictionSettingsTest {

    private static final List<ModelMount> ONE = List.of(new ModelMount("a", "/x"));
    private static final List<ModelMount> TWO = List.of(new ModelMount("a", "/x"), new ModelMount("b", "/y"));

    @Test
    void saysNothingByDefault() {
        PredictionSettings settings = PredictionSettings.parse(List.of(), List.of(), List.of());
        assertThat(settings).isEqualTo(PredictionSettings.NONE);
        assertThat(settings.of("a", PrefillChoice.NONE)).isEqualTo(PrefillChoice.NONE);
    }

    @Test
    void whatIsSaidOfANameCountsBeforeWhatIsSaidOfAllAndThatBeforeWhatItsVariantSays() {
        PredictionSettings settings =
                PredictionSettings.parse(List.of("auto", "a=exact"), List.of("never", "b=7"), List.of("b=300"));
        PrefillChoice variant = new PrefillChoice(PrefillMode.PREDICTED, null, null);
        assertThat(settings.of("a", variant)).isEqualTo(new PrefillChoice(PrefillMode.EXACT, Repair.NEVER, null));
        assertThat(settings.of("b", variant))
                .isEqualTo(new PrefillChoice(PrefillMode.AUTO, new Repair.After(7), Duration.ofMillis(300)));
        assertThat(settings.of("c", PrefillChoice.NONE))
                .isEqualTo(new PrefillChoice(PrefillMode.AUTO, Repair.NEVER, null));
    }

    @Test
    void aVariantSaysWhatTheCommandLineLeavesOpen() {
        PredictionSettings settings = PredictionSettings.parse(List.of("a=exact"), List.of("never"), List.of());
        PrefillChoice variant = new PrefillChoice(PrefillMode.PREDICTED, null, null);
        assertThat(settings.of("b", variant)).isEqualTo(new PrefillChoice(PrefillMode.PREDICTED, Repair.NEVER, null));
    }

    @ParameterizedTest
    @CsvSource({
        "prefill-mode, a=guess, 'exact, predicted or auto'",
        "prefill-mode, '', 'exact, predicted or auto'",
        "repair-by, 0, at least 1",
        "repair-by, a=soon, slack",
        "ttft-objective, a=0, milliseconds",
        "ttft-objective, 1s, milliseconds",
    })
    void refusesWhatItDoesNotKnow(String option, String text, String expected) {
        assertThatThrownBy(() -> PredictionSettings.parse(
                        option.equals("prefill-mode") ? List.of(text) : List.of(),
                        option.equals("repair-by") ? List.of(text) : List.of(),
                        option.equals("ttft-objective") ? List.of(text) : List.of()))
                .isInstanceOfSatisfying(
                        ForetokenException.class, e -> assertThat(e.code()).isEqualTo(ErrorCode.CONFIG_INVALID))
                .hasMessageContaining(option + "=" + text)
                .hasMessageContaining(expected);
    }

    @Test
    void aNameMustBeServed() {
        PredictionSettings settings = PredictionSettings.parse(List.of("c=auto"), List.of(), List.of());
        assertThatThrownBy(() -> settings.requireNamesIn(TWO, List.of())).hasMessageContaining("c=");
        settings.requireNamesIn(TWO, List.of(RegistryMount.parse("c")));
    }

    @ParameterizedTest
    @CsvSource({
        "toy, toy",
        "toy, toy@1",
        "toy, toy@1/kvp",
        "toy, toy:prod",
        "toy@1/kvp, toy@1/kvp",
        "toy:prod, toy:prod",
    })
    void aModelOfTheRegistryServesItsNames(String mount, String name) {
        RegistryMount served = RegistryMount.parse(mount);
        PredictionSettings.parse(List.of(name + "=auto"), List.of(), List.of()).requireNamesIn(ONE, List.of(served));
    }

    @ParameterizedTest
    @CsvSource({"toy, toybox", "toy, to", "toy, toy-2@1", "toy@1/kvp, toy", "toy@1, toy@1/kvp", "toy@1, toy@12"})
    void aNameThatOnlyBeginsLikeOneOfTheRegistryIsRefused(String mount, String name) {
        RegistryMount served = RegistryMount.parse(mount);
        PredictionSettings settings = PredictionSettings.parse(List.of(name + "=auto"), List.of(), List.of());
        assertThatThrownBy(() -> settings.requireNamesIn(ONE, List.of(served))).hasMessageContaining(name + "=");
    }

    @Test
    void predictedIsSaidOfOneModel() {
        PredictionSettings settings = PredictionSettings.parse(List.of("predicted"), List.of(), List.of());
        settings.requireNamesIn(ONE, List.of());
        assertThatThrownBy(() -> settings.requireNamesIn(TWO, List.of())).hasMessageContaining("NAME=predicted");
    }

    @Test
    void aModelThatIsToPredictMustHaveAPredictor() {
        PredictionSettings settings = PredictionSettings.parse(List.of("a=predicted"), List.of(), List.of());
        settings.requireOffered("b", List.of(PrefillMode.EXACT));
        settings.requireOffered("a", List.of(PrefillMode.values()));
        assertThatThrownBy(() -> settings.requireOffered("a", List.of(PrefillMode.EXACT)))
                .hasMessageContaining("no predictor");
    }
}
