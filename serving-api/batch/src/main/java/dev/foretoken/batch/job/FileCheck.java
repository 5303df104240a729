package dev.foretoken.batch.job;

import dev.foretoken.batch.BatchEndpoint;
import dev.foretoken.batch.store.Job;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** Whether a file holds requests that a job can take. For one thread. */
final class FileCheck {

    private static final int MOST_FLAWS = 100;

    private final JobLimits limits;
    private final BatchEndpoint endpoint;
    private final Set<String> ids = new HashSet<>();
    private final List<Job.Flaw> flaws = new ArrayList<>();
    private @Nullable String model;
    private int requests;

    private FileCheck(JobLimits limits, BatchEndpoint endpoint) {
        this.limits = limits;
        this.endpoint = endpoint;
    }

    /**
     * What was found.
     *
     * @param requests in the file
     * @param model of all of them; empty where there are flaws
     * @param flaws empty = the file is good; the first hundred of them
     */
    record Found(int requests, String model, List<Job.Flaw> flaws) {}

    static Found read(InputStream file, BatchEndpoint endpoint, JobLimits limits) throws IOException {
        try (RequestLines lines = new RequestLines(file, limits.maxLineBytes())) {
            return new FileCheck(limits, endpoint).check(lines);
        }
    }

    private Found check(RequestLines lines) throws IOException {
        for (byte[] line = lines.next(); line != null && flaws.size() < MOST_FLAWS; line = lines.next()) {
            requests++;
            if (requests > limits.maxRequests()) {
                add("too_many_requests", "The file has more than " + limits.maxRequests() + " requests.", null, null);
                break;
            }
            check(line, lines);
        }
        if (requests == 0) {
            add("empty_file", "The file has no requests.", null, null);
        }
        return new Found(requests, model == null ? "" : model, flaws);
    }

    private void check(byte[] line, RequestLines lines) {
        try {
            if (lines.isTooLong()) {
                throw new FlawedLine(
                        "line_too_long", "This line is longer than " + limits.maxLineBytes() + " bytes.", null);
            }
            check(LineParser.parse(line));
        } catch (FlawedLine e) {
            add(e.code(), e.problem(), lines.number(), e.param());
        }
    }

    private void check(RequestLine request) throws FlawedLine {
        if (!ids.add(request.customId())) {
            throw new FlawedLine(
                    "duplicate_custom_id", "The custom_id of this line was used before in this file.", "custom_id");
        }
        if (request.endpoint() != endpoint) {
            throw new FlawedLine(
                    "mismatched_url", "The url must be that of the batch: " + endpoint.path() + ".", "url");
        }
        if (model == null) {
            model = request.model();
        } else if (!model.equals(request.model())) {
            throw new FlawedLine("mismatched_model", "All requests of a file must name the same model.", "body.model");
        }
    }

    private void add(String code, String message, @Nullable Integer line, @Nullable String param) {
        flaws.add(new Job.Flaw(code, message, line, param));
    }
}
