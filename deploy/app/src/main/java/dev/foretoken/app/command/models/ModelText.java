package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.Figures;
import dev.foretoken.app.terminal.Table;
import dev.foretoken.registry.ModelDetail;
import dev.foretoken.registry.VariantDetail;
import dev.foretoken.registry.VersionDetail;
import dev.foretoken.registry.gate.Gate;
import java.io.PrintStream;
import java.util.stream.Collectors;

/** A model for people. */
final class ModelText {

    private ModelText() {}

    static void print(ModelDetail model, PrintStream out) {
        for (VersionDetail version : model.versions()) {
            out.println(model.name() + "@" + version.version() + "  " + Figures.time(version.created()) + " UTC, "
                    + source(version));
            variants(version).lines().forEach(line -> out.println("  " + line));
            out.println();
        }
        aliases(model, out);
        out.println("gate: " + model.gate().map(ModelText::limits).orElse("none"));
    }

    private static String source(VersionDetail version) {
        VariantDetail base = version.variants().getFirst();
        return GraphText.architecture(base.config()) + " from "
                + base.config().provenance().source();
    }

    private static Table variants(VersionDetail version) {
        Table table =
                new Table("VARIANT", "FORMAT", ">SIZE", "MADE BY", "FROM", "MANIFEST", "SIGNED", "MEASURED", "GATE");
        for (VariantDetail variant : version.variants()) {
            var parent = variant.config().parent();
            table.row(
                    variant.ref().variant(),
                    variant.config().format().text(),
                    Figures.bytes(variant.bytes()),
                    Wording.madeBy(variant.config().provenance()),
                    parent == null ? "-" : parent.reference(),
                    Wording.brief(variant.manifest()),
                    variant.signatures().isEmpty() ? "no" : "yes",
                    variant.measurement().isPresent() ? "yes" : "no",
                    Wording.gate(variant));
        }
        return table;
    }

    private static void aliases(ModelDetail model, PrintStream out) {
        if (model.aliases().isEmpty()) {
            out.println("aliases: none");
            return;
        }
        Table table = new Table("ALIAS", "POINTS AT", "SINCE");
        model.aliases()
                .forEach(alias -> table.row(
                        model.name() + ":" + alias.name(),
                        alias.target().toString(),
                        Figures.time(alias.moved()) + " UTC"));
        table.print(out);
    }

    static String limits(Gate gate) {
        return gate.named().entrySet().stream()
                .map(entry -> entry.getKey() + "=" + plain(entry.getValue()))
                .collect(Collectors.joining(" "));
    }

    private static String plain(double value) {
        return value == Math.rint(value) && Math.abs(value) < 1e15
                ? Long.toString((long) value)
                : Double.toString(value);
    }
}
