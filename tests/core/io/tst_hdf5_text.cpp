// SPDX-License-Identifier: GPL-3.0-or-later
// Texts of HDF5 files: of fixed and variable length, in attributes and datasets, whole and damaged. A file with any bytes
// wrong may be refused, but must not end the program.
#include "core/io/format.h"
#include "core/io/hdf5_heap_p.h"
#include "core/io/hdf5_p.h"
#include "tests/core/io/hdf5_test_support.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

#include <fstream>
#include <random>

using namespace dispersa;
using namespace testsupport;

namespace {

/// Little-endian bytes of `value`.
void put(std::vector<std::byte>& bytes, std::uint64_t value, std::size_t count)
{
    for (std::size_t i = 0; i < count; ++i)
        bytes.push_back(static_cast<std::byte>(value >> (8 * i)));
}

/// A collection at byte 16 with the objects 3, "nm", and 7, "1/nm", and 32 bytes of room behind them.
std::vector<std::byte> heapFile()
{
    std::vector<std::byte> file(16);
    for (const char c : std::string("GCOL\1\0\0\0", 8))
        file.push_back(static_cast<std::byte>(c));
    put(file, 16 + 2 * 24 + 32, 8);
    for (const auto& [index, text] : {std::pair(3, "nm"), std::pair(7, "1/nm")}) {
        put(file, static_cast<std::uint64_t>(index), 2);
        put(file, 1, 6);
        const std::string_view letters(text);
        put(file, letters.size(), 8);
        for (std::size_t i = 0; i < 8; ++i)
            file.push_back(static_cast<std::byte>(i < letters.size() ? letters[i] : '\0'));
    }
    put(file, 0, 8);
    put(file, 32, 8);
    file.resize(file.size() + 16);
    return file;
}

std::vector<std::byte> reference(std::uint64_t length, std::uint64_t address, std::uint64_t index)
{
    std::vector<std::byte> bytes;
    put(bytes, length, 4);
    put(bytes, address, 8);
    put(bytes, index, 4);
    return bytes;
}

/// A 4-D scan, maps and metadata as h5py writes them, with texts wherever Dispersa looks for some.
void writeFile(const QString& path)
{
    makeHdf5(path, [](hid_t file) {
        for (const char* name : {"emd_group_type", "authoring_program", "UUID"})
            addText(file, "/", name, *name == 'e' ? "file" : "a text of some length");
        addGroup(file, "/root/metadatabundle/calibration");
        addText(file, "/root", "emd_group_type", "root");
        addText(file, "/root", "python_class", "Root");
        const std::vector<hsize_t> shape = {2, 3, 4, 4};
        addDataset(file, "/root/cube/data", H5T_STD_U16LE, H5T_NATIVE_UINT16, shape,
                   counting<std::uint16_t>(shape, 97));
        addText(file, "/root/cube", "emd_group_type", "array");
        addText(file, "/root/cube", "python_class", "DataCube");
        addText(file, "/root/cube/data", "units", "counts");
        for (const char* dim : {"/root/cube/dim0", "/root/cube/dim1", "/root/cube/dim2", "/root/cube/dim3"}) {
            addDataset<double>(file, dim, H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {2}, {0, .5});
            addText(file, dim, "name", "Rx");
            addText(file, dim, "units", dim[14] < '2' ? "nm" : "A^-1");
        }
        addText(file, "/root/metadatabundle", "emd_group_type", "metadatabundle");
        addText(file, "/root/metadatabundle/calibration", "emd_group_type", "metadata");
        addTextDataset(file, "/root/metadatabundle/calibration/Q_pixel_units", "A^-1");
        addTextDataset(file, "/root/metadatabundle/calibration/R_pixel_units", "nm");
        addDataset<double>(file, "/root/metadatabundle/calibration/Q_pixel_size", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {},
                           {.02});
        addDataset<double>(file, "/root/metadatabundle/calibration/R_pixel_size", H5T_IEEE_F64LE, H5T_NATIVE_DOUBLE, {},
                           {1.5});
        const std::vector<hsize_t> map = {2, 3};
        addDataset(file, "/root/O/data", H5T_IEEE_F32LE, H5T_NATIVE_FLOAT, map, counting<float>(map, 7));
        addText(file, "/root/O", "emd_group_type", "array");
        addTexts(file, "/root/O", "axes", {"y", "", "x"});
    });
}

} // namespace

class TestHdf5Text : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    QString path(const char* name) const { return m_folder.filePath(name); }

  private Q_SLOTS:
    void findsTextsInAHeap_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<QString>("text"); // null: none
        const auto row = [](const char* name, const std::vector<std::byte>& bytes, const QString& text) {
            QTest::newRow(name) << QByteArray(reinterpret_cast<const char*>(bytes.data()), int(bytes.size())) << text;
        };
        row("first", reference(2, 16, 3), "nm");
        row("second", reference(4, 16, 7), "1/nm");
        row("a part", reference(3, 16, 7), "1/n");
        row("empty", reference(0, 16, 7), "");
        row("never written", reference(2, 0, 3), {});
        row("longer than the object", reference(5, 16, 7), {});
        row("no such index", reference(2, 16, 4), {});
        row("the room that is left", reference(2, 16, 0), {});
        row("index beyond 16 bits", reference(2, 16, 0x10003), {});
        row("no collection", reference(2, 24, 3), {});
        row("beyond the file", reference(2, 4096, 3), {});
        row("address overflows", reference(2, ~0ull - 8, 3), {});
        row("undefined address", reference(2, ~0ull, 3), {});
    }
    void findsTextsInAHeap()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(QString, text);
        const auto at = std::as_bytes(std::span(bytes.constData(), std::size_t(bytes.size())));
        const auto found = hdf5::textInHeap(heapFile(), {}, at);
        QCOMPARE(found.has_value(), !text.isNull());
        if (found)
            QCOMPARE(QString::fromStdString(*found), text);
    }

    void aDamagedHeapHoldsNothing()
    {
        const auto whole = heapFile();
        const auto second = reference(4, 16, 7);
        const auto with = [&](std::size_t place, unsigned char value) {
            auto file = whole;
            file[place] = std::byte{value};
            return hdf5::textInHeap(file, {}, second);
        };
        QVERIFY(!with(16, 'X'));  // signature
        QVERIFY(!with(20, 2));    // version
        QVERIFY(!with(25, 0xff)); // the collection's size: beyond the file
        QVERIFY(!with(24, 8));    // less than its own header
        QVERIFY(!with(40, 0xff)); // the first object's size
        QVERIFY(!with(47, 0xff)); // overflows when padded
        QVERIFY(!with(32, 0));    // the first object becomes room of two bytes
        // Ended anywhere, it holds nothing, and nobody reads beyond.
        for (std::size_t size = 0; size < whole.size(); ++size)
            QVERIFY(!hdf5::textInHeap(std::span(whole).first(size), {}, second));
        // A user block in front of the file shifts every address.
        std::vector<std::byte> shifted(512);
        shifted.insert(shifted.end(), whole.begin(), whole.end());
        hdf5::HeapLayout layout;
        layout.base = 512;
        QCOMPARE(hdf5::textInHeap(shifted, layout, second).value_or(""), std::string("1/nm"));
        layout.base = 4096;
        QVERIFY(!hdf5::textInHeap(shifted, layout, second));
    }

    void readsWhatTheLibraryWrote()
    {
        const QString name = path("texts.h5");
        const std::string larger(70000, 'x'); // more than a collection has room for at first
        makeHdf5(name, [&](hid_t file) {
            addText(file, "/", "short", "nm");
            addText(file, "/", "none", "");
            addText(file, "/", "utf8", "1/\u00c5");
            addText(file, "/", "fixed", "x");
            addTexts(file, "/", "list", {"a", "", "ccc"});
            addTextDataset(file, "/text", larger.c_str());
            const hid_t chunked = H5Pcreate(H5P_DATASET_CREATE);
            const hsize_t chunk = 2;
            H5Pset_chunk(chunked, 1, &chunk);
            H5Pset_deflate(chunked, 4);
            const hid_t type = H5Tcopy(H5T_C_S1);
            H5Tset_size(type, H5T_VARIABLE);
            addDataset<const char*>(file, "/texts", type, type, {3}, {"one", "two", "three"}, chunked);
            addDataset<const char*>(file, "/unwritten", type, type, {2}, {}, chunked);
            H5Tclose(type);
            H5Pclose(chunked);
            const hid_t fixed = H5Tcopy(H5T_C_S1);
            H5Tset_size(fixed, 4);
            addDataset<char>(file, "/fixed", fixed, fixed, {2}, {'a', 'b', 'c', 'd', 'e', '\0', '\0', '\0'});
            H5Tclose(fixed);
        });
        const hdf5::Lock lock;
        const auto file = hdf5::openForReading(name.toStdString());
        QVERIFY(file);
        const hdf5::Handle root = hdf5::ownObject(H5Oopen(file->get(), "/", H5P_DEFAULT));
        QCOMPARE(hdf5::textAttribute(root.get(), "short").value_or("?"), std::string("nm"));
        QCOMPARE(hdf5::textAttribute(root.get(), "none").value_or("?"), std::string());
        QCOMPARE(hdf5::textAttribute(root.get(), "utf8").value_or("?"), std::string("1/\u00c5"));
        QVERIFY(!hdf5::textAttribute(root.get(), "list")); // three are not one
        QVERIFY(!hdf5::textAttribute(root.get(), "missing"));
        QCOMPARE(hdf5::textsAttribute(root.get(), "list"), (std::vector<std::string>{"a", "", "ccc"}));
        QCOMPARE(hdf5::textDataset(file->get(), "/text").value_or("?"), larger);
        QCOMPARE(hdf5::textsDataset(file->get(), "/texts"), (std::vector<std::string>{"one", "two", "three"}));
        QCOMPARE(hdf5::textsDataset(file->get(), "/unwritten"), (std::vector<std::string>{"", ""}));
        QCOMPARE(hdf5::textsDataset(file->get(), "/fixed"), (std::vector<std::string>{"abcd", "e"}));
        QVERIFY(hdf5::textsDataset(file->get(), "/gone").empty());
    }

    /// Up to eight bytes of a good file are changed, those of its structure more often than those of its values.
    void changedBytesAreAtMostAnError()
    {
        const QString good = path("good.h5");
        writeFile(good);
        QVERIFY(inspectFile(good.toStdString()));
        QFile file(good);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QByteArray whole = file.readAll();
        std::vector<int> heaps; // where collections begin
        for (int at = int(whole.indexOf("GCOL")); at >= 0; at = int(whole.indexOf("GCOL", at + 1)))
            heaps.push_back(at);
        QVERIFY(!heaps.empty());
        std::mt19937 random(20251124); // NOLINT: the same files on every machine
        const auto below = [&](int limit) { return int(random() % unsigned(limit)); };
        const std::string name = path("mutated.h5").toStdString();
        int opened = 0;
        for (int round = 0; round < 600; ++round) {
            QByteArray bytes = whole;
            for (int change = below(8); change >= 0; --change) {
                const int place = below(2) ? below(int(bytes.size()))
                                           : heaps[std::size_t(below(int(heaps.size())))] + below(512);
                if (place < bytes.size())
                    bytes[place] = char(below(3) == 0 ? 0xff : below(256));
            }
            std::ofstream(name, std::ios::binary).write(bytes.constData(), bytes.size());
            const auto info = inspectFile(name);
            if (!info) {
                QVERIFY2(!info.error().message.empty(), qPrintable(QString::number(round)));
                continue;
            }
            ++opened;
            for (const FileItem& item : info->items) {
                if (item.kind == ItemKind::Map)
                    (void)readMap(name, item.id);
                else if (const auto scan = openDiffraction(name, item.id))
                    (void)(*scan)->pattern({0, 0});
            }
        }
        QVERIFY2(opened > 100 && opened < 600, qPrintable(QString::number(opened)));
    }
};

QTEST_APPLESS_MAIN(TestHdf5Text)
#include "tst_hdf5_text.moc"
