package dev.foretoken.nativeruntime.quantizer;

import dev.foretoken.nativeruntime.algebra.Workers;
import dev.foretoken.nativeruntime.build.BuildJob;
import dev.foretoken.nativeruntime.calibrate.BlockWalk;
import dev.foretoken.nativeruntime.exec.ActivationTap;
import dev.foretoken.nativeruntime.plan.BlockRange;
import dev.foretoken.nativeruntime.plan.Linear;
import dev.foretoken.nativeruntime.plan.MatrixRef;
import dev.foretoken.nativeruntime.weights.ChangedWeights;
import dev.foretoken.nativeruntime.weights.WeightNumbers;
import dev.foretoken.nativeruntime.weights.stored.StoredTensor;
import java.lang.foreign.Arena;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Rounds a model block by block. Blocks that the scratch folder holds are taken from there, as if they were just made. */
final class BlockBuild {

    private final BuildJob job;
    private final BlockRounding rounding;
    private final GroupFormat format;
    private final StoredCodes form;
    private final BlockStore store;
    private final List<BlockRange> blocks;
    private final List<List<InputSite>> sites = new ArrayList<>();

    BlockBuild(BuildJob job, BlockRounding rounding, GroupFormat format, StoredCodes form) {
        this.job = job;
        this.rounding = rounding;
        this.format = format;
        this.form = form;
        this.store = new BlockStore(job.order().scratch());
        this.blocks = BlockRange.of(job.plan());
        for (BlockRange range : blocks) {
            List<InputSite> found = BlockSites.of(job.plan(), range);
            found.forEach(site -> site.matrices().forEach(format::requireFits));
            sites.add(found);
        }
    }

    int blocks() {
        return blocks.size();
    }

    BlockStore store() {
        return store;
    }

    /** All that are quantized. */
    List<MatrixRef> matrices() {
        return sites.stream()
                .flatMap(List::stream)
                .flatMap(site -> site.matrices().stream())
                .toList();
    }

    /** Afterwards the store has every block. */
    void run(Workers workers) {
        if (rounding.isCalibrated()) {
            calibrated(workers);
        } else {
            for (int block = 0; block < blocks.size(); block++) {
                if (!store.has(block)) {
                    round(block, Map.of(), workers);
                }
            }
        }
    }

    private void calibrated(Workers workers) {
        job.step("reading the embedding", 0, 1);
        List<int[]> sequences =
                Sequences.within(job.order().calibration(), job.plan().contextTokens());
        try (ChangedWeights weights = new ChangedWeights(job.weights());
                BlockWalk walk = BlockWalk.begin(
                        job.plan(), weights, sequences, job.order().threads())) {
            job.watch().log("calibrating with %d tokens of %d texts".formatted(walk.tokens(), sequences.size()));
            for (int block = 0; block < blocks.size(); block++) {
                if (!store.has(block)) {
                    round(block, look(walk, block, workers), workers);
                }
                if (block + 1 < blocks.size()) {
                    put(block, weights);
                    String stage = "passing block %d of %d on".formatted(block + 1, blocks.size());
                    walk.advance((done, total) -> job.step(stage, done, total));
                    weights.clear();
                }
            }
        }
    }

    private Map<InputSite, InputStatistics> look(BlockWalk walk, int block, Workers workers) {
        Map<InputSite, InputStatistics> statistics = new LinkedHashMap<>();
        Map<String, InputStatistics> byTensor = new LinkedHashMap<>();
        for (InputSite site : sites.get(block)) {
            InputStatistics own = new InputStatistics(site.inputs(), workers);
            statistics.put(site, own);
            byTensor.put(site.matrices().getFirst().tensor(), own);
        }
        ActivationTap tap = new ActivationTap() {
            @Override
            public void input(List<Linear> linears, Rows rows) {
                InputStatistics of =
                        byTensor.get(linears.getFirst().matrices().getFirst().tensor());
                if (of != null) {
                    of.add(rows);
                }
            }
        };
        String stage = "reading inputs of block %d of %d".formatted(block + 1, blocks.size());
        walk.look(tap, (done, total) -> job.step(stage, done, total));
        return statistics;
    }

    private void round(int block, Map<InputSite, InputStatistics> statistics, Workers workers) {
        long total = sites.get(block).stream()
                .mapToLong(site -> (long) site.inputs() * site.matrices().size())
                .sum();
        String stage = "rounding block %d of %d".formatted(block + 1, blocks.size());
        long[] done = {0};
        job.step(stage, 0, total);
        RoundedBlock rounded = rounding.round(new BlockInputs(
                sites.get(block),
                statistics,
                new WeightNumbers(job.weights()),
                workers,
                count -> job.step(stage, done[0] += count, total)));
        store.write(block, rounded);
        rounded.facts().forEach(fact -> job.watch().log(fact.toString()));
    }

    /** The block as it will be read. */
    private void put(int block, ChangedWeights weights) {
        try (Arena arena = Arena.ofShared()) {
            Map<String, StoredTensor> tensors = store.read(block, arena);
            for (InputSite site : sites.get(block)) {
                for (MatrixRef whole : site.matrices()) {
                    weights.put(
                            whole.tensor(),
                            whole.shape(),
                            form.read(whole, format, tensors).decoded());
                }
            }
            for (StoredTensor tensor : tensors.values()) {
                if (isVector(tensor)) {
                    weights.put(tensor.name(), tensor.shape(), Vectors.numbers(tensor));
                }
            }
        }
    }

    /** Of a norm or a bias; scales are matrices. */
    private static boolean isVector(StoredTensor tensor) {
        return tensor.shape().size() == 1 && tensor.type().computable().isPresent();
    }
}
