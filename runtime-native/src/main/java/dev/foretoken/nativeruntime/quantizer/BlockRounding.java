package dev.foretoken.nativeruntime.quantizer;

/** One method, with its settings: rounds the maps of a block. */
interface BlockRounding {

    /** Whether it wants to know the block's inputs. */
    boolean isCalibrated();

    /** How scales are found. */
    LevelSearch search();

    RoundedBlock round(BlockInputs block);
}
