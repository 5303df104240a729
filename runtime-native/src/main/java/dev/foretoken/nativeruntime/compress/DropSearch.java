package dev.foretoken.nativeruntime.compress;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.build.Finished;
import dev.foretoken.nativeruntime.recipe.Block;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Takes out what changes the hidden vectors least, one part after the other. */
final class DropSearch {

    /** How much a part changes hidden vectors where it now is. */
    private record Scored(Dropped.Part part, double influence) {}

    private final BuildJob job;
    private final Reading reading;
    private final Finished finished;
    private final boolean again;
    private final List<Map<String, Object>> removed = new ArrayList<>();
    private final Map<String, Object> scores = new LinkedHashMap<>();
    private Dropped dropped = Dropped.NOTHING;
    private List<Scored> measured = List.of();

    /** {@code again}: whether everything is measured anew after every removal. */
    DropSearch(Reading reading, Finished finished, boolean again) {
        this.job = reading.job();
        this.reading = reading;
        this.finished = finished;
        this.again = again;
    }

    /** Goes on until so many of each kind are out; kinds of one call compete with each other. */
    Dropped remove(Map<Dropped.Kind, Integer> wanted) {
        measured = List.of();
        while (true) {
            List<Dropped.Kind> open = wanted.entrySet().stream()
                    .filter(entry -> dropped.count(entry.getKey()) < entry.getValue())
                    .map(Map.Entry::getKey)
                    .sorted()
                    .toList();
            if (open.isEmpty()) {
                return dropped;
            }
            if (again || measured.isEmpty()) {
                measured = measure(wanted.keySet().stream().sorted().toList());
            }
            take(open);
        }
    }

    /** What was taken out, first things first. */
    List<Map<String, Object>> removed() {
        return List.copyOf(removed);
    }

    /** The first measurement of every kind: of each block, or an empty text where it has nothing of the kind. */
    Map<String, Object> scores() {
        return scores;
    }

    private void take(List<Dropped.Kind> open) {
        Scored least = measured.stream()
                .filter(candidate -> open.contains(candidate.part.kind()))
                .filter(candidate -> dropped.runOf(candidate.part, job.plan()).isPresent())
                .filter(candidate ->
                        dropped.and(candidate.part).draft(Draft.of(job)).fits())
                .findFirst()
                .orElseThrow(() -> new ForetokenException(
                        ErrorCode.CONFIG_INVALID,
                        "after %d removals nothing more of %s can be left out of this model; ask for less"
                                .formatted(removed.size(), open)));
        String what = least.part.kind().field();
        dropped = dropped.and(least.part);
        removed.add(Map.of("part", what, "block", least.part.block(), "influence", least.influence));
        job.watch().log("left out %s of block %d, influence %.5f".formatted(what, least.part.block(), least.influence));
    }

    /** The least first. */
    private List<Scored> measure(List<Dropped.Kind> kinds) {
        Map<Dropped.Part, Influence.Run> runs = runs(kinds);
        String stage = "influence-%s-%d".formatted(kinds.getFirst().field(), removed.size());
        double[] influences = finished.numbers(stage, () -> {
            Influence tap = new Influence(List.copyOf(runs.values()), job.plan().hiddenSize());
            reading.run(
                    "measuring what sublayers do, %d left out".formatted(removed.size()),
                    dropped.draft(Draft.of(job)),
                    tap);
            return tap.scores();
        });
        List<Scored> scored = new ArrayList<>();
        runs.keySet().forEach(part -> scored.add(new Scored(part, influences[scored.size()])));
        kinds.forEach(kind -> scores.putIfAbsent(kind.field(), table(kind, scored)));
        scored.sort(Comparator.comparingDouble(Scored::influence)
                .thenComparing(candidate -> candidate.part.kind())
                .thenComparing(candidate -> candidate.part.block()));
        return scored;
    }

    /** Of everything that is left. */
    private Map<Dropped.Part, Influence.Run> runs(List<Dropped.Kind> kinds) {
        Map<Dropped.Part, Influence.Run> runs = new LinkedHashMap<>();
        for (Dropped.Kind kind : kinds) {
            for (int block = 0; block < Block.of(job.plan()).size(); block++) {
                Dropped.Part part = new Dropped.Part(kind, block);
                dropped.runOf(part, job.plan()).ifPresent(run -> runs.put(part, run));
            }
        }
        return runs;
    }

    private List<Object> table(Dropped.Kind kind, List<Scored> scored) {
        List<Object> table = new ArrayList<>();
        for (int block = 0; block < Block.of(job.plan()).size(); block++) {
            Dropped.Part part = new Dropped.Part(kind, block);
            Object found = scored.stream()
                    .filter(candidate -> candidate.part.equals(part))
                    .<Object>map(Scored::influence)
                    .findFirst()
                    .orElse("");
            table.add(found);
        }
        return table;
    }
}
