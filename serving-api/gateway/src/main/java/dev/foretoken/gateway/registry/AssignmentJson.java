package dev.foretoken.gateway.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.registry.metadata.Assignment;
import java.util.List;

/** What groups of runtime pods serve, as JSON. */
public final class AssignmentJson {

    private AssignmentJson() {}

    /** {@code {"group": "cpu", "references": ["toy:prod"]}}. */
    public static ObjectNode of(Assignment assignment) {
        ObjectNode node = RegistryJson.object();
        node.put("group", assignment.group());
        node.set(
                "references",
                RegistryJson.array(assignment.references(), reference -> RegistryJson.text(reference.toString())));
        return node;
    }

    /** @param revision of the registry: it grows with every change, of assignments or of anything that they name */
    public static ObjectNode list(long revision, List<Assignment> assignments) {
        ObjectNode node = RegistryJson.object();
        node.put("revision", revision);
        node.set("assignments", RegistryJson.array(assignments, AssignmentJson::of));
        return node;
    }
}
