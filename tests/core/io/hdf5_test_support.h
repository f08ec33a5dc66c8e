// SPDX-License-Identifier: GPL-3.0-or-later
// Makes and reads HDF5 files in tests with the C library itself, independent of the code under test.
#pragma once

#define H5_USE_110_API
#include <hdf5.h>

#include <QByteArray>
#include <QString>
#include <QStringList>

#include <functional>
#include <numeric>
#include <string>
#include <vector>

namespace testsupport {

/// Creates a file, lets `fill` write into it, closes it.
inline void makeHdf5(const QString& path, const std::function<void(hid_t)>& fill)
{
    const hid_t file = H5Fcreate(path.toUtf8().constData(), H5F_ACC_TRUNC, H5P_DEFAULT, H5P_DEFAULT);
    fill(file);
    H5Fclose(file);
}

/// A dataset with intermediate groups; `creation` may ask for chunks and filters.
template<class T>
void addDataset(hid_t file, const char* path, hid_t storedType, hid_t memoryType, const std::vector<hsize_t>& shape,
                const std::vector<T>& values, hid_t creation = H5P_DEFAULT)
{
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    const hid_t space =
        shape.empty() ? H5Screate(H5S_SCALAR) : H5Screate_simple(static_cast<int>(shape.size()), shape.data(), nullptr);
    const hid_t data = H5Dcreate2(file, path, storedType, space, links, creation, H5P_DEFAULT);
    if (!values.empty())
        H5Dwrite(data, memoryType, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Dclose(data);
    H5Sclose(space);
    H5Pclose(links);
}

/// 0, 1, 2, ... as many as `shape` holds, modulo `period`.
template<class T>
std::vector<T> counting(const std::vector<hsize_t>& shape, std::uint64_t period)
{
    std::vector<T> values(std::accumulate(shape.begin(), shape.end(), std::size_t(1), std::multiplies<>()));
    for (std::size_t i = 0; i < values.size(); ++i)
        values[i] = static_cast<T>(i % period);
    return values;
}

inline void addText(hid_t file, const char* object, const char* name, const char* text)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate_by_name(file, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, &text);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

/// Creates a group with those above it.
inline void addGroup(hid_t file, const char* path)
{
    const hid_t links = H5Pcreate(H5P_LINK_CREATE);
    H5Pset_create_intermediate_group(links, 1);
    H5Gclose(H5Gcreate2(file, path, links, H5P_DEFAULT, H5P_DEFAULT));
    H5Pclose(links);
}

/// A number as attribute; `type` is the stored one.
inline void addNumber(hid_t file, const char* object, const char* name, hid_t type, double value)
{
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate_by_name(file, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, H5T_NATIVE_DOUBLE, &value);
    H5Aclose(attribute);
    H5Sclose(space);
}

/// A truth value as h5py stores it: an enumeration.
inline void addTruth(hid_t file, const char* object, const char* name, bool value)
{
    const hid_t type = H5Tenum_create(H5T_NATIVE_INT8);
    signed char number = 0;
    H5Tenum_insert(type, "FALSE", &number);
    number = 1;
    H5Tenum_insert(type, "TRUE", &number);
    number = value;
    const hid_t space = H5Screate(H5S_SCALAR);
    const hid_t attribute = H5Acreate_by_name(file, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, &number);
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

/// A list of texts as attribute.
inline void addTexts(hid_t file, const char* object, const char* name, const std::vector<const char*>& texts)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    const hsize_t count = texts.size();
    const hid_t space = H5Screate_simple(1, &count, nullptr);
    const hid_t attribute = H5Acreate_by_name(file, object, name, type, space, H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT);
    H5Awrite(attribute, type, texts.data());
    H5Aclose(attribute);
    H5Sclose(space);
    H5Tclose(type);
}

/// A 2-D dataset of complex numbers as h5py and Prismatic store them.
inline void addComplex(hid_t file, const char* path, const std::vector<hsize_t>& shape)
{
    const hid_t type = H5Tcreate(H5T_COMPOUND, 8);
    H5Tinsert(type, "r", 0, H5T_NATIVE_FLOAT);
    H5Tinsert(type, "i", 4, H5T_NATIVE_FLOAT);
    addDataset<float>(file, path, type, type, shape, {});
    H5Tclose(type);
}

/// A scalar text dataset, as metadata bundles hold them.
inline void addTextDataset(hid_t file, const char* path, const char* text)
{
    const hid_t type = H5Tcopy(H5T_C_S1);
    H5Tset_size(type, H5T_VARIABLE);
    addDataset<const char*>(file, path, type, type, {}, {text});
    H5Tclose(type);
}

/// Text of an attribute if it is of variable length, as emdfile demands; else a remark.
inline QByteArray variableText(hid_t file, const char* object, const char* name)
{
    if (H5Aexists_by_name(file, object, name, H5P_DEFAULT) <= 0)
        return "(missing)";
    const hid_t attribute = H5Aopen_by_name(file, object, name, H5P_DEFAULT, H5P_DEFAULT);
    const hid_t type = H5Aget_type(attribute);
    QByteArray result = "(not variable)";
    if (H5Tis_variable_str(type) > 0) {
        char* text = nullptr;
        H5Aread(attribute, type, &text);
        result = text;
        H5free_memory(text);
    }
    H5Tclose(type);
    H5Aclose(attribute);
    return result;
}

template<class T>
std::vector<T> readAll(hid_t file, const char* path, hid_t memoryType)
{
    const hid_t data = H5Dopen2(file, path, H5P_DEFAULT);
    if (data < 0)
        return {};
    const hid_t space = H5Dget_space(data);
    std::vector<T> values(static_cast<std::size_t>(H5Sget_simple_extent_npoints(space)));
    H5Dread(data, memoryType, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data());
    H5Sclose(space);
    H5Dclose(data);
    return values;
}

/// Scalar text dataset.
inline QByteArray readText(hid_t file, const char* path)
{
    const hid_t data = H5Dopen2(file, path, H5P_DEFAULT);
    if (data < 0)
        return "(missing)";
    const hid_t type = H5Dget_type(data);
    char* text = nullptr;
    H5Dread(data, type, H5S_ALL, H5S_ALL, H5P_DEFAULT, &text);
    const QByteArray result = text;
    H5free_memory(text);
    H5Tclose(type);
    H5Dclose(data);
    return result;
}

/// Written by hdf5_golden.py.
inline QString golden(const QString& name) { return DISPERSA_SOURCE_DIR "/tests/core/io/hdf5/" + name; }

/// Place and size of a stored chunk in its file.
struct StoredChunk {
    qint64 offset = 0;
    qint64 size = 0;
};
inline StoredChunk chunkAt(const QString& path, const QString& dataset, std::vector<hsize_t> origin)
{
    const hid_t file = H5Fopen(path.toUtf8().constData(), H5F_ACC_RDONLY, H5P_DEFAULT);
    const hid_t data = H5Dopen2(file, dataset.toUtf8().constData(), H5P_DEFAULT);
    unsigned mask = 0;
    haddr_t address = 0;
    hsize_t size = 0;
    H5Dget_chunk_info_by_coord(data, origin.data(), &mask, &address, &size);
    H5Dclose(data);
    H5Fclose(file);
    return {static_cast<qint64>(address), static_cast<qint64>(size)};
}

/// A file of one dataset "/d" of counting numbers with the filters that `describe` adds.
inline QString chunkedFile(const QString& path, const std::vector<hsize_t>& shape, const std::vector<hsize_t>& chunk,
                           const std::function<void(hid_t)>& describe)
{
    makeHdf5(path, [&](hid_t file) {
        const hid_t creation = H5Pcreate(H5P_DATASET_CREATE);
        H5Pset_chunk(creation, static_cast<int>(chunk.size()), chunk.data());
        describe(creation);
        addDataset(file, "/d", H5T_STD_U16LE, H5T_NATIVE_UINT16, shape, counting<std::uint16_t>(shape, 65521),
                   creation);
        H5Pclose(creation);
    });
    return path;
}

inline QStringList datasetsOf(const QString& path)
{
    QStringList names;
    const hid_t file = H5Fopen(path.toUtf8().constData(), H5F_ACC_RDONLY, H5P_DEFAULT);
    H5Literate(
        file, H5_INDEX_NAME, H5_ITER_INC, nullptr,
        [](hid_t, const char* name, const H5L_info_t*, void* out) -> herr_t {
            static_cast<QStringList*>(out)->append(name);
            return 0;
        },
        &names);
    H5Fclose(file);
    return names;
}

} // namespace testsupport
