package dev.foretoken.batch.kafka;

import static dev.foretoken.contract.ConfigCheck.require;

import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * The topics of a worker.
 *
 * @param requests what is to be answered; the key is the request's id, so that one id is always in one partition
 * @param answers where answers go unless a request says otherwise
 * @param deadLetters requests that nobody can answer, with the reason
 * @param answered ids that were answered; partition p has those of partition p of {@code requests}
 */
public record BatchTopics(String requests, String answers, String deadLetters, String answered) {

    public static final BatchTopics DEFAULTS = named("foretoken-requests", "foretoken-answers");

    private static final int MOST_CHARACTERS = 249;

    public BatchTopics {
        List<String> all = List.of(requests, answers, deadLetters, answered);
        all.forEach(topic -> require(isTopic(topic), "batch.topic", topic, "1 to 249 of a-z, A-Z, 0-9, '.', '_', '-'"));
        Set<String> different = new HashSet<>(all);
        require(
                different.size() == all.size() && different.add(jobAnswers(requests)),
                "batch.topic",
                all,
                "four different topics, none of them " + jobAnswers(requests));
    }

    /** With the other two named after these. */
    public static BatchTopics named(String requests, String answers) {
        String stem = stem(requests);
        return new BatchTopics(requests, answers, stem + "-dead-letters", stem + "-answered");
    }

    /** Those that are the workers' own: no request may have its answer there. */
    Set<String> own() {
        return Set.of(requests, deadLetters, answered);
    }

    private static String stem(String requests) {
        return requests.endsWith("-requests") ? requests.substring(0, requests.length() - 9) : requests;
    }

    private static String jobAnswers(String requests) {
        return stem(requests) + "-job-answers";
    }

    /** Answers to requests of the Batch API's jobs, which all gateways read. */
    public String jobAnswers() {
        return jobAnswers(requests);
    }

    private static boolean isTopic(String name) {
        return name.length() <= MOST_CHARACTERS
                && name.matches("[a-zA-Z0-9._-]+")
                && !name.equals(".")
                && !name.equals("..");
    }
}
