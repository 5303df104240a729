package dev.foretoken.batch.offset;

/** Metadata that is not believed. Never leaves the package: the caller gets the sentence. */
final class DamagedMetadataException extends Exception {

    private final String sentence;

    DamagedMetadataException(String reason) {
        super(reason, null, false, false);
        this.sentence = "the metadata of the committed offset was not used: " + reason
                + "; requests that were answered beyond the offset may be answered again";
    }

    String sentence() {
        return sentence;
    }
}
