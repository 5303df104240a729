package dev.foretoken.app.command.models;

import dev.foretoken.app.terminal.Figures;
import dev.foretoken.registry.Imported;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.ingest.ImportReport;
import java.io.PrintStream;

/** What an import found, for people. */
final class ImportText {

    private ImportText() {}

    /**
     * @param manifest of the variant, which an earlier import may have made
     * @param served what a graph can be asked for
     */
    static void print(Imported imported, Digest manifest, GraphText served, PrintStream out) {
        ImportReport report = imported.report();
        String model = imported.ref().model() + "@" + imported.ref().version();
        out.println(model + "  " + manifest + (imported.known() ? "  (the same files were here already)" : ""));
        out.println("found " + report.config().format().text() + " "
                + GraphText.architecture(report.config()) + ", "
                + report.found().tensors() + " tensors, " + report.found().parameters() + " parameters, "
                + report.manifest().files().size() + " files");
        served.serves().forEach(line -> out.println("serves " + line));
        served.refusal().ifPresent(why -> out.println("cannot be served: " + why));
        out.println("stored " + Figures.bytes(report.newBytes()) + "; " + Figures.bytes(report.knownBytes())
                + " were here already");
        report.leftOut().forEach(left -> out.println("left out " + left.path() + ": " + left.reason()));
        report.notes().forEach(out::println);
        if (imported.trust().signed()) {
            out.println(imported.trust().sentence());
        }
    }
}
