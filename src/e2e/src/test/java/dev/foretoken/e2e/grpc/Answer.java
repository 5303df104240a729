package dev.foretoken.e2e.grpc;

import dev.foretoken.wire.v1.Delta;
import dev.foretoken.wire.v1.Finish;
import dev.foretoken.wire.v1.GenerateResponse;
import dev.foretoken.wire.v1.PromptScore;
import dev.foretoken.wire.v1.TokenLogprob;
import java.util.ArrayList;
import java.util.Iterator;
import java.util.List;
import java.util.stream.Collectors;

/** All events of one call. */
record Answer(List<GenerateResponse> events) {

    static Answer read(Iterator<GenerateResponse> stream) {
        List<GenerateResponse> events = new ArrayList<>();
        stream.forEachRemaining(events::add);
        return new Answer(events);
    }

    /** What was written, held-back text included. */
    String text(int choice) {
        return deltas(choice).stream().map(Delta::getText).collect(Collectors.joining())
                + finish(choice).getText();
    }

    List<Integer> tokens(int choice) {
        return deltas(choice).stream()
                .flatMap(delta -> delta.getTokenIdsList().stream())
                .toList();
    }

    List<Float> logprobs(int choice) {
        return deltas(choice).stream()
                .flatMap(delta -> delta.getLogprobsList().stream())
                .map(TokenLogprob::getLogprob)
                .toList();
    }

    List<Float> promptLogprobs() {
        return events.stream()
                .filter(GenerateResponse::hasPromptScore)
                .map(GenerateResponse::getPromptScore)
                .map(PromptScore::getLogprobsList)
                .flatMap(List::stream)
                .map(TokenLogprob::getLogprob)
                .toList();
    }

    /** The one end of a choice. */
    Finish finish(int choice) {
        List<Finish> ends = events.stream()
                .filter(GenerateResponse::hasFinish)
                .map(GenerateResponse::getFinish)
                .filter(finish -> finish.getChoice() == choice)
                .toList();
        if (ends.size() != 1) {
            throw new AssertionError("choice " + choice + " ended " + ends.size() + " times: " + events);
        }
        return ends.getFirst();
    }

    private List<Delta> deltas(int choice) {
        return events.stream()
                .filter(GenerateResponse::hasDelta)
                .map(GenerateResponse::getDelta)
                .filter(delta -> delta.getChoice() == choice)
                .toList();
    }
}
