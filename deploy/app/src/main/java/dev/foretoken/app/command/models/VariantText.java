package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.Figures;
import dev.foretoken.app.terminal.Table;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.content.Provenance;
import dev.foretoken.registry.content.VariantConfig;
import dev.foretoken.registry.measure.Measurement;
import java.io.PrintStream;

/** One variant for people. */
final class VariantText {

    private static final String LINE = "%-14s %s%n";

    private VariantText() {}

    /** @param served what a graph can be asked for */
    static void print(VariantDetail variant, GraphText served, PrintStream out) {
        VariantConfig config = variant.config();
        out.printf(LINE, "variant", variant.ref());
        out.printf(LINE, "manifest", variant.manifest());
        out.printf(
                LINE,
                "format",
                config.format().text() + ", " + config.kind().text() + " " + GraphText.architecture(config));
        served.serves().forEach(line -> out.printf(LINE, "serves", line));
        served.refusal().ifPresent(why -> out.printf(LINE, "cannot serve", why));
        out.printf(LINE, "size", Figures.bytes(variant.bytes()));
        VariantConfig.Parent parent = config.parent();
        out.printf(LINE, "made from", parent == null ? "nothing: it was imported" : parent.reference());
        if (!config.settings().isEmpty()) {
            out.printf(LINE, "loaded with", Wording.pairs(config.settings()));
        }
        provenance(config.provenance(), out);
        out.printf(
                LINE,
                "signatures",
                variant.signatures().isEmpty() ? "none" : variant.signatures().size());
        variant.verdict()
                .ifPresent(verdict ->
                        out.printf(LINE, "gate", verdict.passes() ? "passes" : "fails: " + verdict.sentence()));
        variant.measurement().ifPresent(measured -> measurement(measured, config.format(), out));
        out.println();
        Table files = new Table("FILE", ">SIZE", "SHA-256");
        config.files()
                .forEach(file -> files.row(
                        file.path(), Figures.bytes(file.size()), file.digest().hex()));
        files.print(out);
    }

    private static void provenance(Provenance provenance, PrintStream out) {
        out.printf(LINE, "source", provenance.source());
        out.printf(LINE, "made by", Wording.madeBy(provenance));
        out.printf(LINE, "with", provenance.tool() + ", " + Figures.time(provenance.created()) + " UTC");
        if (provenance.calibration() != null) {
            out.printf(LINE, "calibration", provenance.calibration());
        }
    }

    private static void measurement(Measurement measured, VariantConfig.Format format, PrintStream out) {
        out.printf(LINE, "measured", Figures.time(measured.measuredAt()) + " UTC on " + measured.device());
        out.printf(LINE, "quality", Measures.quality(measured));
        out.printf(LINE, "speed", Measures.speed(measured));
        if (format == VariantConfig.Format.PREDICTION) {
            out.printf(
                    LINE, "prompts", "predicted for answers and first tokens, never repaired; computed for the rest");
        }
    }
}
