package dev.foretoken.gateway.openai;

import dev.foretoken.batch.store.Job;
import dev.foretoken.batch.store.JobState;
import dev.foretoken.gateway.json.JsonWriter;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** OpenAI's batch objects. */
public final class BatchJson {

    private BatchJson() {}

    public static JsonWriter one(Job job) {
        JsonWriter out = new JsonWriter();
        write(out, job);
        return out;
    }

    /** @param more whether there are further ones behind these */
    public static JsonWriter page(List<Job> jobs, boolean more) {
        return PageJson.write(jobs, more, Job::id, BatchJson::write);
    }

    private static void write(JsonWriter out, Job job) {
        Job.Status status = job.status();
        out.raw("{\"id\":").string(job.id()).raw(",\"object\":\"batch\",\"endpoint\":");
        out.string(job.order().endpoint().path()).raw(",\"model\":");
        text(out, status.model().orElse(null));
        out.raw(",\"errors\":");
        flaws(out, status.errors());
        out.raw(",\"input_file_id\":").string(job.order().inputFile()).raw(",\"completion_window\":");
        out.string(job.order().window())
                .raw(",\"status\":")
                .string(status.state().text());
        out.raw(",\"output_file_id\":");
        text(out, status.outputFile().orElse(null));
        out.raw(",\"error_file_id\":");
        text(out, status.errorFile().orElse(null));
        times(out, job);
        out.raw(",\"request_counts\":{\"total\":").number(status.counts().total());
        out.raw(",\"completed\":").number(status.counts().completed());
        out.raw(",\"failed\":").number(status.counts().failed()).raw("},\"usage\":");
        usage(out, status.usage());
        out.raw(",\"metadata\":");
        metadata(out, job.order().metadata());
        out.raw("}");
    }

    private static void usage(JsonWriter out, Optional<Job.Usage> usage) {
        if (usage.isEmpty()) {
            out.raw("null");
            return;
        }
        Job.Usage used = usage.get();
        out.raw("{\"input_tokens\":").number(used.input());
        out.raw(",\"input_tokens_details\":{\"cached_tokens\":").number(used.cached());
        out.raw("},\"output_tokens\":").number(used.output());
        out.raw(",\"output_tokens_details\":{\"reasoning_tokens\":").number(used.reasoning());
        out.raw("},\"total_tokens\":").number(used.input() + used.output()).raw("}");
    }

    private static void times(JsonWriter out, Job job) {
        out.raw(",\"created_at\":").number(job.order().created().getEpochSecond());
        out.raw(",\"expires_at\":").number(job.order().expires().getEpochSecond());
        for (JobState state : JobState.values()) {
            if (state != JobState.VALIDATING) {
                out.raw(",\"").raw(state.text()).raw("_at\":");
                FileJson.time(out, Optional.ofNullable(job.entered().get(state)));
            }
        }
    }

    private static void flaws(JsonWriter out, List<Job.Flaw> flaws) {
        if (flaws.isEmpty()) {
            out.raw("null");
            return;
        }
        out.raw("{\"object\":\"list\",\"data\":[");
        for (int i = 0; i < flaws.size(); i++) {
            Job.Flaw flaw = flaws.get(i);
            Integer line = flaw.line();
            out.comma(i).raw("{\"code\":").string(flaw.code()).raw(",\"message\":");
            out.string(flaw.message()).raw(",\"param\":");
            text(out, flaw.param());
            out.raw(",\"line\":").raw(line == null ? "null" : line.toString()).raw("}");
        }
        out.raw("]}");
    }

    private static void metadata(JsonWriter out, Map<String, String> metadata) {
        if (metadata.isEmpty()) {
            out.raw("null");
            return;
        }
        int written = 0;
        out.raw("{");
        for (Map.Entry<String, String> pair : new TreeMap<>(metadata).entrySet()) {
            out.comma(written++).string(pair.getKey()).raw(":").string(pair.getValue());
        }
        out.raw("}");
    }

    private static void text(JsonWriter out, @Nullable String text) {
        if (text == null) {
            out.raw("null");
        } else {
            out.string(text);
        }
    }
}
