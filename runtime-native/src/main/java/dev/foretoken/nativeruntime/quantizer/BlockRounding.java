package dev.foretoken.nativeruntime.quantizer;

/** One method, with its settings: rounds the maps of a block. */
interface BlockRounding {

    /** Whether it wants to know the block's inputs. */
    boolean isCalibrated();

    RoundedBlock round(BlockInputs block);
}
