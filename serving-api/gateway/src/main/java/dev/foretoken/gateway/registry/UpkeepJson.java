package dev.foretoken.gateway.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.registry.CollectReport;
import dev.foretoken.registry.VerifyReport;

/** What checks and collections found as JSON. */
public final class UpkeepJson {

    private UpkeepJson() {}

    public static ObjectNode of(VerifyReport report) {
        ObjectNode node = RegistryJson.object();
        node.put("variants", report.variants());
        node.put("blobs", report.blobs());
        node.put("bytes", report.bytes());
        node.set("problems", RegistryJson.array(report.problems(), UpkeepJson::problem));
        return node;
    }

    private static ObjectNode problem(VerifyReport.Problem problem) {
        ObjectNode node = RegistryJson.object();
        node.put("what", problem.what());
        node.put("detail", problem.detail());
        node.set("variants", RegistryJson.array(problem.variants(), RegistryJson::text));
        return node;
    }

    public static ObjectNode of(CollectReport report) {
        ObjectNode node = RegistryJson.object();
        node.put("reached", report.reached());
        node.put("young", report.young());
        node.put("removed", report.removed());
        node.put("bytes", report.bytes());
        node.put("views", report.views());
        node.put("jobs", report.jobs());
        return node;
    }
}
