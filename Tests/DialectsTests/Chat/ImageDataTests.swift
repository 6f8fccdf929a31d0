import Foundation
import Testing

@testable import Dialects

@Suite struct ImageDataTests {
  private static let png: [UInt8] = [0x89, 0x50, 0x4E, 0x47, 0x0D, 0x0A, 0x1A, 0x0A, 0, 0, 0, 13, 0x49]

  private func type(_ bytes: [UInt8]) -> String? {
    ImageData.mediaType(base64: Array(Data(bytes).base64EncodedString().utf8)[...])
  }

  private func isImage(_ content: String) -> Bool { ImageData.isImage(dataURL: Array(content.utf8)[...]) }

  @Test(arguments: [
    (png, "image/png"), ([0xFF, 0xD8, 0xFF], "image/jpeg"), ([0xFF, 0xD8, 0xFF, 0xE0, 1], "image/jpeg"),
    (Array("GIF89a\u{1}".utf8), "image/gif"), (Array("GIF87a".utf8), "image/gif"),
    (Array("RIFF\u{1}\u{2}\u{3}\u{4}WEBPVP8 ".utf8), "image/webp"),
    (Array("\0\0\0\u{18}ftypavif".utf8), "image/avif"), (Array("\0\0\0\u{18}ftypheic".utf8), "image/heic"),
    (Array("II*\0....".utf8), "image/tiff"), (Array("MM\0*".utf8), "image/tiff"),
    (Array("BM\u{1}\u{2}\u{3}\u{4}\0\0\0\0\u{36}\0".utf8), "image/bmp"),
  ])
  func `an image is known by its first bytes`(bytes: [UInt8], expected: String) {
    #expect(type(bytes) == expected)
  }

  @Test(
    arguments: [
      [], Array("hello, I am text and no image".utf8), Array("BMW is a car maker".utf8),
      Array("RIFF\u{1}\u{2}\u{3}\u{4}WAVEfmt ".utf8), Array("%PDF-1.7".utf8), Array("<svg></svg>".utf8),
      Array("\0\0\0\u{18}ftypmp42".utf8), [0xFF, 0xD8], Array(png.prefix(7)),
    ] as [[UInt8]])
  func `what is no image is nothing`(bytes: [UInt8]) { #expect(type(bytes) == nil) }

  @Test(arguments: [
    "iVBORw0KGgoAAAANSUhEUg==", "iVBORw0K\\nGgoAAAAN\\r\\nSUhEUg==", "iVBORw0\\u004bGgoAAAANSUhEUg==",
  ])
  func `base64 may be broken into lines and escaped`(content: String) {
    #expect(ImageData.mediaType(base64: Array(content.utf8)[...]) == "image/png")
  }

  @Test(arguments: [
    "", "iVB", "!!!!", "iVBO*w0KGgoAAAAN", "\\", "\\u", "\\u00", "\\ud83d", "été", "iVBO\\u00e9",
  ])
  func `what is not base64 is nothing`(content: String) {
    #expect(ImageData.mediaType(base64: Array(content.utf8)[...]) == nil)
  }

  @Test(arguments: [
    "data:image/png;base64,iVBORw0KGgoAAAAN", "data:image\\/png;base64,iVBORw0KGgoAAAAN",
    "DATA:IMAGE/PNG;BASE64,iVBORw0KGgoAAAAN", "data:image/jpeg;charset=utf-8;base64,iVBORw0KGgoAAAAN",
    "data:;base64,iVBORw0KGgoAAAAN", "data:application/octet-stream;base64,iVBORw0KGgoAAAAN",
    "data:image/jpeg;base64,\\/9j\\/4AAQSkZJRg", "data:image/jpeg;base64,/9j/4AAQSkZJRg",
  ])
  func `a data address with an image is one`(content: String) { #expect(isImage(content)) }

  @Test(arguments: [
    "", "data:", "data:image/png;base64", "data:image/png;base64,", "data:image/png,iVBORw0KGgoAAAAN",
    "data:text/html;base64,iVBORw0KGgoAAAAN", "data:image/png;base64,aGVsbG8gd29ybGQ=",
    "https://example.com/a.png", "iVBORw0KGgoAAAAN", "file:///etc/passwd",
    "xdata:image/png;base64,iVBORw0KGgoAAAAN",
    "data:image/" + String(repeating: "x", count: 300) + ";base64,iVBORw0KGgoAAAAN",
  ])
  func `anything else is not`(content: String) { #expect(!isImage(content)) }

  @Test func `a slice is read from its own beginning`() {
    let bytes = Array("xxiVBORw0KGgoAAAAN".utf8)
    #expect(ImageData.mediaType(base64: bytes[2...]) == "image/png")
  }
}
