package dev.foretoken.gateway.registry;

import com.fasterxml.jackson.databind.node.ObjectNode;
import dev.foretoken.contract.runtime.BuildMethod;
import dev.foretoken.contract.runtime.BuildParameter;
import dev.foretoken.registry.job.JobSpec;
import dev.foretoken.registry.metadata.Job;
import java.time.Instant;

/** Builds and the ways to build as JSON. */
public final class JobJson {

    private JobJson() {}

    public static ObjectNode job(Job job) {
        JobSpec spec = JobSpec.parse(job.spec());
        Job.Progress progress = job.status().progress();
        ObjectNode node = RegistryJson.object();
        node.put("id", job.id());
        node.put("parent", job.parent().toString());
        node.put("variant", job.parent().sibling(job.name()).toString());
        node.put("method", spec.method());
        ObjectNode parameters = node.putObject("parameters");
        spec.parameters().forEach(parameters::put);
        node.put("calibration", spec.calibration().map(Object::toString).orElse(null));
        node.put("state", job.state().text());
        node.put("message", job.status().message());
        node.put("stage", progress.stage());
        node.put("done", progress.done());
        node.put("total", progress.total());
        node.put("created", RegistryJson.text(job.times().created()));
        node.put("started", job.times().started().map(Instant::toString).orElse(null));
        node.put("ended", job.times().ended().map(Instant::toString).orElse(null));
        return node;
    }

    public static ObjectNode method(BuildMethod method) {
        ObjectNode node = RegistryJson.object();
        node.put("name", method.name());
        node.put("does", method.does());
        node.put("needs_calibration", method.needsCalibration());
        node.set("parameters", RegistryJson.array(method.parameters(), JobJson::parameter));
        return node;
    }

    private static ObjectNode parameter(BuildParameter parameter) {
        ObjectNode node = RegistryJson.object();
        node.put("name", parameter.name());
        node.put("does", parameter.does());
        node.put("fallback", parameter.fallback());
        node.set("choices", RegistryJson.array(parameter.choices(), RegistryJson::text));
        return node;
    }
}
