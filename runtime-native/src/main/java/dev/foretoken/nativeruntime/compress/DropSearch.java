package dev.foretoken.nativeruntime.compress;

import dev.foretoken.contract.ErrorCode;
import dev.foretoken.contract.ForetokenException;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.plan.ModelPlan;
import dev.foretoken.nativeruntime.recipe.Block;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

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
        for (Scored candidate : measured) {
            boolean there = dropped.runOf(candidate.part, job.plan()).isPresent();
            if (there
                    && open.contains(candidate.part.kind())
                    && dropped.and(candidate.part).draft(Draft.of(job)).fits()) {
                dropped = dropped.and(candidate.part);
                removed.add(Map.of(
                        "part", candidate.part.kind().field(),
                        "block", candidate.part.block(),
                        "influence", candidate.influence));
                job.watch()
                        .log("left out %s of block %d, influence %.5f"
                                .formatted(candidate.part.kind().field(), candidate.part.block(), candidate.influence));
                return;
            }
        }
        throw new ForetokenException(
                ErrorCode.CONFIG_INVALID,
                "after %d removals nothing more of %s can be left out of this model; ask for less"
                        .formatted(removed.size(), open));
    }

    /** The least first. */
    private List<Scored> measure(List<Dropped.Kind> kinds) {
        ModelPlan base = job.plan();
        List<Dropped.Part> parts = new ArrayList<>();
        List<Influence.Run> runs = new ArrayList<>();
        for (Dropped.Kind kind : kinds) {
            for (int block = 0; block < Block.of(base).size(); block++) {
                Dropped.Part part = new Dropped.Part(kind, block);
                Optional<Influence.Run> run = dropped.runOf(part, base);
                run.ifPresent(found -> {
                    parts.add(part);
                    runs.add(found);
                });
            }
        }
        double[] influences = finished.numbers("influence-" + kinds.getFirst().field() + "-" + removed.size(), () -> {
            Influence tap = new Influence(runs, base.hiddenSize());
            reading.run(
                    "measuring what sublayers do, %d left out".formatted(removed.size()),
                    dropped.draft(Draft.of(job)).plan(),
                    tap);
            return tap.scores();
        });
        List<Scored> scored = IntStream.range(0, parts.size())
                .mapToObj(i -> new Scored(parts.get(i), influences[i]))
                .toList();
        kinds.forEach(kind -> scores.putIfAbsent(kind.field(), table(kind, scored)));
        return scored.stream()
                .sorted(Comparator.comparingDouble(Scored::influence)
                        .thenComparing(candidate -> candidate.part.kind())
                        .thenComparing(candidate -> candidate.part.block()))
                .toList();
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
