/**
 * Owns the built image: what starts in it, as a cluster starts it, alone and composed. Builds it where {@code -Pimages} asks for that and a
 * container engine works.
 *
 * <p>Does not test what the server does, nor the text of the files it is built from ({@code structure.ImageTest}). Entry type:
 * {@link dev.foretoken.e2e.image.TestedImage}. Test threads call it.
 */
@org.jspecify.annotations.NullMarked
package dev.foretoken.e2e.image;
