package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.Figures;
import dev.foretoken.app.terminal.Table;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.gate.GateVerdict;
import dev.foretoken.registry.measure.Measurement;
import java.io.PrintStream;
import java.util.List;

/** What was measured of variants, as a table, and under which circumstances. */
final class ComparisonText {

    private static final String NOTHING = "-";

    private ComparisonText() {}

    static void print(List<VariantDetail> variants, PrintStream out) {
        Table table = new Table(
                "VARIANT",
                ">SIZE",
                ">KV/TOKEN",
                ">PERPLEXITY",
                ">KL",
                ">TOP-1",
                "QA [95 %]",
                ">PREFILL/S",
                ">FIRST TOKEN",
                ">DECODE/S",
                "GATE");
        variants.forEach(variant -> table.row(variant.measurement()
                .map(measured -> measured(variant, measured))
                .orElseGet(() -> unmeasured(variant))));
        table.print(out);
        variants.forEach(variant -> failure(variant, out));
        circumstances(variants, out);
    }

    private static String[] measured(VariantDetail variant, Measurement measured) {
        return new String[] {
            variant.ref().variant(),
            Figures.bytes(variant.bytes()),
            measured.footprint().kvBytesPerToken() + " B",
            Measures.perplexity(measured),
            Measures.divergence(measured),
            Figures.percent(measured.quality().topAgreement()),
            Measures.answers(measured),
            Measures.rate(measured, measured.speed().prefillTokensPerSecond()),
            Measures.firstToken(measured),
            Measures.rate(measured, measured.speed().decodeTokensPerSecond()),
            Wording.gate(variant)
        };
    }

    private static String[] unmeasured(VariantDetail variant) {
        return new String[] {
            variant.ref().variant(),
            Figures.bytes(variant.bytes()),
            NOTHING,
            NOTHING,
            NOTHING,
            NOTHING,
            "not measured",
            NOTHING,
            NOTHING,
            NOTHING,
            Wording.gate(variant)
        };
    }

    private static void failure(VariantDetail variant, PrintStream out) {
        variant.verdict()
                .filter(verdict -> !verdict.passes())
                .map(GateVerdict::sentence)
                .ifPresent(why -> out.println(variant.ref().variant() + " fails the gate: " + why));
    }

    private static void circumstances(List<VariantDetail> variants, PrintStream out) {
        variants.stream()
                .flatMap(variant -> variant.measurement().stream())
                .map(measured -> "measured on " + measured.device() + ", "
                        + measured.quality().textTokens() + " tokens of text, set " + measured.evalSet())
                .distinct()
                .forEach(out::println);
    }
}
