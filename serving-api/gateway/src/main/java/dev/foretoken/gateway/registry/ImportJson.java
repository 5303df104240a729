package dev.foretoken.gateway.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.registry.Imported;
import dev.foretoken.registry.content.Digest;
import dev.foretoken.registry.ingest.ImportReport;

/** What an import found as JSON. */
public final class ImportJson {

    private ImportJson() {}

    /** @param manifest of the variant, which an earlier import may have made */
    public static ObjectNode of(Imported imported, Digest manifest) {
        ImportReport report = imported.report();
        ObjectNode node = RegistryJson.object();
        node.put("reference", imported.ref().toString());
        node.put("manifest", manifest.toString());
        node.put("known", imported.known());
        node.put("format", report.config().format().text());
        node.put("architecture", report.config().architecture());
        node.put("tensors", report.found().tensors());
        node.put("parameters", report.found().parameters());
        node.put("new_bytes", report.newBytes());
        node.put("known_bytes", report.knownBytes());
        node.set(
                "left_out",
                RegistryJson.array(report.leftOut(), left -> RegistryJson.text(left.path() + ": " + left.reason())));
        node.set("notes", RegistryJson.array(report.notes(), RegistryJson::text));
        node.put("signed", imported.trust().signed());
        return node;
    }
}
