// SPDX-License-Identifier: GPL-3.0-or-later
// Edits a scan's role in the table with a list of the three roles.
#pragma once

#include <QStyledItemDelegate>

namespace dispersa {

class RoleDelegate : public QStyledItemDelegate {
    Q_OBJECT
  public:
    using QStyledItemDelegate::QStyledItemDelegate;
    QWidget* createEditor(QWidget* parent, const QStyleOptionViewItem& option, const QModelIndex& index) const override;
    void setEditorData(QWidget* editor, const QModelIndex& index) const override;
    void setModelData(QWidget* editor, QAbstractItemModel* model, const QModelIndex& index) const override;
};

} // namespace dispersa
