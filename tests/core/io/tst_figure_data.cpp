// SPDX-License-Identifier: GPL-3.0-or-later
// The figures' numbers: what is written comes back; paths and shapes that cannot be are refused.
#include "core/io/figure_data.h"
#include "hdf5_test_support.h"

#include <QFile>
#include <QTemporaryDir>
#include <QTest>

using namespace dispersa;
using namespace testsupport;

class TestFigureData : public QObject {
    Q_OBJECT

    QTemporaryDir m_folder;
    std::filesystem::path pathOf(const QString& name) const { return m_folder.filePath(name).toStdString(); }

  private Q_SLOTS:
    void roundTrip()
    {
        const std::vector<FigureArray> arrays = {
            {"/loss/train", {3}, {.3f, .2f, .1f}, {{"label", "Training"}, {"unit", ""}}},
            {"/scatter/O/predicted", {2}, {.1f, .4f}, {}},
            {"/scatter/O/real", {2, 2}, {.1f, .2f, .3f, .4f}, {{"unit", "\u00c5"}}},
            {"/void", {0, 4}, {}, {}},
        };
        const auto path = pathOf("figure_data.h5");
        const auto written = writeFigureData(path, arrays);
        QVERIFY2(written, written ? "" : written.error().message.c_str());
        const auto read = readFigureData(path);
        QVERIFY2(read, read ? "" : read.error().message.c_str());
        QCOMPARE(read->size(), arrays.size());
        for (std::size_t i = 0; i < arrays.size(); ++i)
            QVERIFY2(read->at(i) == arrays[i], arrays[i].path.c_str());
        // Plain HDF5 for other programs.
        const hid_t file = H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT);
        QCOMPARE(readAll<float>(file, "/scatter/O/real", H5T_NATIVE_FLOAT), arrays[2].values);
        H5Fclose(file);
    }

    void refusesBadArrays_data()
    {
        QTest::addColumn<QString>("name");
        QTest::addColumn<int>("extent");
        QTest::newRow("relative path") << "a" << 2;
        QTest::newRow("no name") << "/" << 2;
        QTest::newRow("open end") << "/a/" << 2;
        QTest::newRow("double slash") << "/a//b" << 2;
        QTest::newRow("twice") << "/first" << 2;
        QTest::newRow("wrong shape") << "/a" << 3;
        QTest::newRow("negative shape") << "/a" << -2;
    }
    void refusesBadArrays()
    {
        QFETCH(QString, name);
        QFETCH(int, extent);
        const auto path = pathOf("refused.h5");
        const auto done =
            writeFigureData(path, {{"/first", {2}, {1, 2}, {}}, {name.toStdString(), {extent}, {1, 2}, {}}});
        QVERIFY(!done);
        QVERIFY(done.error().code == ErrorCode::InvalidArgument);
        QVERIFY(!std::filesystem::exists(path));
    }

    void anArrayInsideAnotherFailsWithoutAFile()
    {
        const auto path = pathOf("nested.h5");
        const auto done = writeFigureData(path, {{"/a", {1}, {1}, {}}, {"/a/b", {1}, {1}, {}}});
        QVERIFY(!done);
        QVERIFY(done.error().code == ErrorCode::WriteFailed);
        QVERIFY(!std::filesystem::exists(path));
    }

    void reportsAForeignFile()
    {
        QFile file(m_folder.filePath("text.h5"));
        QVERIFY(file.open(QFile::WriteOnly));
        file.write("not HDF5");
        file.close();
        const auto read = readFigureData(pathOf("text.h5"));
        QVERIFY(!read);
        QVERIFY(read.error().code == ErrorCode::FormatInvalid);
    }
};

QTEST_APPLESS_MAIN(TestFigureData)
#include "tst_figure_data.moc"
