// SPDX-License-Identifier: GPL-3.0-or-later
// Walking an HDF5 file: paths, links, and attributes of every kind that microscopy programs write. The lock must be
// held.
#pragma once

#include "core/io/hdf5_p.h"

#include <functional>

namespace dispersa::hdf5 {

/// "/a" of "/a/b"; "/" at the top.
std::string parentOf(const std::string& path);
/// "b" of "/a/b".
std::string nameOf(const std::string& path);
/// "/a/b" of "/a" and "b".
std::string joined(const std::string& group, const std::string& name);

/// True if `path` is a group.
bool isGroup(hid_t file, const std::string& path);
bool isDataset(hid_t file, const std::string& path);

/// Names of the links of a group in the order of their names, at most 10000; empty if it is no group.
std::vector<std::string> childNames(hid_t file, const std::string& group);

/// Paths of all datasets below `group`, in the order of their names. Soft and external links are not followed.
std::vector<std::string> datasetPaths(hid_t file, const std::string& group = "/");
/// The same for groups, without `group` itself.
std::vector<std::string> groupPaths(hid_t file, const std::string& group = "/");

/// A text attribute of the object at `path`; "" if there is none.
std::string objectText(hid_t file, const std::string& path, const char* attribute);
/// A number, a truth value, or a text that reads as a number.
std::optional<double> objectNumber(hid_t file, const std::string& path, const char* attribute);
/// A text attribute or a list of texts.
std::vector<std::string> objectTexts(hid_t file, const std::string& path, const char* attribute);

/// Text or whole number of the attribute emd_group_type: "file", "array", "1", ...; "" if there is none.
std::string emdGroupType(hid_t file, const std::string& group);

/// Opens the file at `path` and asks; false if it does not open. Takes the lock.
bool holds(const std::filesystem::path& path, const std::function<bool(hid_t file)>& question);

} // namespace dispersa::hdf5
